/*
 * assemble - a definition becomes a tree: skeleton, picks, programs, links,
 * directories, and what names the image to those who look inside.
 */
#ifndef KEELSON_IMAGES_ASSEMBLE_H
#define KEELSON_IMAGES_ASSEMBLE_H

#include "images/definition.h"
#include "rootfs/tree.h"

/* Where the parts lie, from the working directory. */
struct assemble_places {
	const char *skel;     /* rootfs/skel */
	const char *picks;    /* rootfs/pick */
	const char *packages; /* unpacked .debs */
	const char *programs; /* build/bin */
};

/* Fill an empty tree; it is not sealed yet. Errors name file and line. */
int assemble(const struct definition *d, const struct assemble_places *at,
	const char *version, struct tree *t, struct err *e);

#endif
