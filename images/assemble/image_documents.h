/*
 * image_documents - config, manifest, referrers and index of an image.
 */
#ifndef KEELSON_IMAGES_ASSEMBLE_IMAGE_DOCUMENTS_H
#define KEELSON_IMAGES_ASSEMBLE_IMAGE_DOCUMENTS_H

#include "images/assemble/image_work.h"

/* Write layer, config and manifest. 0 or -1. */
int image_documents_write(struct image_work *w, struct err *e);

/* Write the referrers, one an SBOM, and the index. 0 or -1. */
int image_documents_finish(struct image_work *w, struct err *e);

/* Write the index of the image, and the first of its referrers. */
void image_documents_index(
	const struct image_work *w, size_t n_referrers, struct buf *out);

#endif
