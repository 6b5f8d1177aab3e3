/*
 * image_sboms - the SBOMs of an image, in each format: in the layout as
 * referrers of the image, and as files beside it; the first is in the image.
 */
#ifndef KEELSON_IMAGES_ASSEMBLE_IMAGE_SBOMS_H
#define KEELSON_IMAGES_ASSEMBLE_IMAGE_SBOMS_H

#include "images/assemble/image_work.h"

void image_sboms_start(struct image_work *w);
void image_sboms_free(struct image_work *w);

/* The media type of an SBOM. */
const char *image_sboms_type(size_t i);

/* Write the one that will be in the image. 0 or -1. */
int image_sboms_first(struct image_work *w, struct err *e);

/*
 * Write the others, which name the image's manifest and the bytes of its tar;
 * store all of them beside the layout under spare names. 0 or -1.
 */
int image_sboms_make(struct image_work *w, const char *tar, struct err *e);

/* Rename them to OUT/NAME.spdx.json and so on. 0 or -1. */
int image_sboms_place(const struct image_work *w, struct err *e);

/* Rename a complete file to OUT/NAME and a suffix. 0 or -1. */
int image_place(const struct image_work *w, const char *from,
	const char *suffix, struct err *e);

#endif
