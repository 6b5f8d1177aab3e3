/*
 * graph_maker - a graph while it is made.
 */
#ifndef KEELSON_SBOM_GRAPH_GRAPH_MAKER_H
#define KEELSON_SBOM_GRAPH_GRAPH_MAKER_H

#include "sbom/graph/graph.h"

struct graph_shelf;

struct graph_maker {
	struct graph *g;
	struct arena *scratch; /* for the events of one step */
	struct table shelves;  /* digest of an archive -> its shelf */
	struct graph_shelf *list;
	size_t n_shelves, shelves_room;
	bool has_whole_archives;
};

#endif
