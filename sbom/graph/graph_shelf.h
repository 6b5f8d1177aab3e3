/*
 * graph_shelf - the members of one archive, with their digests.
 */
#ifndef KEELSON_SBOM_GRAPH_GRAPH_SHELF_H
#define KEELSON_SBOM_GRAPH_GRAPH_SHELF_H

#include "sbom/graph/graph_file.h"
#include "sbom/graph/graph_maker.h"

struct graph_shelf {
	struct graph_member *members; /* archive: not set */
	size_t n_members;
};

/*
 * Read the archive that a file is, once.  A thin archive's members are files
 * beside it. 0 or -1.
 */
int graph_shelf_of(struct graph_maker *m, uint32_t archive,
	const struct graph_shelf **out, struct err *e);

/* A member as a file of the graph; its archive, name and digest are given.
   0 or -1. */
int graph_shelf_take(struct graph_maker *m, const struct graph_member *want,
	uint32_t *out, struct err *e);

#endif
