/*
 * image_tree - the tree of an image with the SBOM that describes it.
 */
#ifndef KEELSON_IMAGES_ASSEMBLE_IMAGE_TREE_H
#define KEELSON_IMAGES_ASSEMBLE_IMAGE_TREE_H

#include "images/assemble/image_work.h"

/*
 * Assemble the tree, check it against the policy, write its SBOM and add that
 * to the tree.  Fills w->tree, w->made and w->sboms. 0 or -1.
 */
int image_tree_make(struct image_work *w, struct err *e);

#endif
