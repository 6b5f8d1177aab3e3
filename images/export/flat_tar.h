/*
 * flat_tar - the files of an image as one tar, as `docker export` and tar(1)
 * have it: the layer, uncompressed, with headers of our own.  A layer that
 * keelson wrote keeps every byte, so that its digest is the image's diff_id.
 */
#ifndef KEELSON_IMAGES_EXPORT_FLAT_TAR_H
#define KEELSON_IMAGES_EXPORT_FLAT_TAR_H

#include "images/read/view.h"

/*
 * Write it to fd; *hex is its digest.  0 or -1: what listing_layer() refuses,
 * which is before anything is written.
 */
int flat_tar_write(
	const struct view *v, int *fd, char hex[SHA256_HEX + 1], struct err *e);

#endif
