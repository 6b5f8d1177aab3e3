/*
 * graph_file - the files of a graph while it grows.
 */
#ifndef KEELSON_SBOM_GRAPH_GRAPH_FILE_H
#define KEELSON_SBOM_GRAPH_GRAPH_FILE_H

#include "sbom/graph/graph.h"

/*
 * The file with this path and these bytes, new or known: 1; or 0 when its bytes
 * are nowhere to be found and it is not added; or -1.
 * @room  where it was probably made; an installed file knows better
 */
int graph_file(struct graph *g, struct evidence_made made, uint32_t room,
	uint32_t *out, struct err *e);

/* A member of an archive, by its name and digest. 0 or -1. */
struct graph_member {
	uint32_t archive;  /* index of the file */
	struct str name;   /* as the archive has it */
	struct str sha256; /* empty: of a thin archive, read from the file */
	struct str where;
	size_t at, size;
};
int graph_member(struct graph *g, const struct graph_member *m, uint32_t *out,
	struct err *e);

/* Is this a file that no command of the build made?  Else *path is where it
   was made: of an installed file, in the tree of its recipe. */
bool graph_is_leaf(
	const struct graph *g, const struct graph_file *f, struct str *path);

/*
 * Is this a file that no command of the build made and that nothing else
 * accounts for, though something should?
 */
bool graph_is_orphan(const struct graph *g, const struct graph_file *f);

#endif
