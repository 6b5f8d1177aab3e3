/*
 * assemble - fill the tree of an image as its definition says: skeleton,
 * picks, programs, links, directories, and os-release(5).
 */
#ifndef KEELSON_IMAGES_ASSEMBLE_ASSEMBLE_H
#define KEELSON_IMAGES_ASSEMBLE_ASSEMBLE_H

#include "images/assemble/definition.h"
#include "rootfs/tree.h"

/* Directories of the parts, relative to the working directory. */
struct assemble_places {
	const char *skel;     /* rootfs/skel */
	const char *picks;    /* rootfs/pick */
	const char *packages; /* unpacked .debs */
	const char *programs; /* build/bin */
};

/* Fill an empty tree without sealing it. Errors name file and line. */
int assemble(const struct definition *d, const struct assemble_places *at,
	const char *version, struct tree *t, struct err *e);

#endif
