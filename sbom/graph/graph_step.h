/*
 * graph_step - the step that made a file, and what it read.
 */
#ifndef KEELSON_SBOM_GRAPH_GRAPH_STEP_H
#define KEELSON_SBOM_GRAPH_GRAPH_STEP_H

#include "sbom/graph/graph_maker.h"

/*
 * Find the step that made a file and add it, and the files it read: 0, also
 * for a leaf, or -1.
 */
int graph_step(struct graph_maker *m, uint32_t file, struct err *e);

#endif
