/*
 * image_documents - config, manifest, referrer and index of an image.
 */
#ifndef KEELSON_IMAGES_ASSEMBLE_IMAGE_DOCUMENTS_H
#define KEELSON_IMAGES_ASSEMBLE_IMAGE_DOCUMENTS_H

#include "images/assemble/image_work.h"

/* Write layer, config, manifest, referrer and index. 0 or -1. */
int image_documents_write(struct image_work *w, struct err *e);

/* Write the index of the image alone, or with its referrers. */
void image_documents_index(
	const struct image_work *w, bool with_referrers, struct buf *out);

#endif
