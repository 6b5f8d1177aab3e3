/*
 * assemble - fill the tree of an image as its definition says: skeleton,
 * picks, programs, links, directories.
 */
#ifndef KEELSON_IMAGES_ASSEMBLE_ASSEMBLE_H
#define KEELSON_IMAGES_ASSEMBLE_ASSEMBLE_H

#include "images/assemble/definition.h"
#include "images/project/project.h"
#include "rootfs/tree.h"

/* Fill an empty tree without sealing it. Errors name file and line. */
int assemble(const struct definition *d, const struct project *project,
	struct tree *t, struct err *e);

#endif
