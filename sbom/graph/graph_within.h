/*
 * graph_within - which files of a graph are in the program itself.
 */
#ifndef KEELSON_SBOM_GRAPH_GRAPH_WITHIN_H
#define KEELSON_SBOM_GRAPH_GRAPH_WITHIN_H

#include "sbom/graph/graph.h"

/*
 * One truth for each file: does something of it go into the program, as an
 * object that was linked, its sources, and what these were generated from?
 * Programs that the build ran do not.  In the arena of the graph; NULL on
 * failure.
 */
const bool *graph_within(const struct graph *g, struct err *e);

/* Did the step that made `file` read, or take, this input? */
bool graph_reads(const struct graph *g, uint32_t file, uint32_t input);

#endif
