/*
 * graph_make - follow a program back through the evidence, step by step.
 */
#ifndef KEELSON_SBOM_GRAPH_GRAPH_MAKE_H
#define KEELSON_SBOM_GRAPH_GRAPH_MAKE_H

#include "sbom/graph/graph.h"

/* Where a graph begins, and how far it goes. */
struct graph_wish {
	struct str sha256;       /* of the program */
	const char *path;        /* of its file */
	bool has_whole_archives; /* follow members that no link took, too */
};

/*
 * Everything in *out is in the arena; the evidence must live as long.
 * 0, or -1: ERR_ABSENT for a file that is nowhere and that no recorded command
 * made, ERR_INPUT for one that has changed since.
 */
int graph_make(const struct evidence *ev, const struct graph_wish *wish,
	struct arena *a, struct graph *out, struct err *e);

#endif
