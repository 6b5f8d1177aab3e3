/*
 * assemble - fill the tree of an image as its definition says: skeleton,
 * picks, programs, links, directories, and os-release(5).
 */
#ifndef KEELSON_IMAGES_ASSEMBLE_ASSEMBLE_H
#define KEELSON_IMAGES_ASSEMBLE_ASSEMBLE_H

#include "images/assemble/definition.h"
#include "images/project/project.h"
#include "rootfs/tree.h"

/*
 * Fill an empty tree without sealing it. Errors name file and line.
 * @version  of the image, its tag
 */
int assemble(const struct definition *d, const struct project *project,
	const char *version, struct tree *t, struct err *e);

#endif
