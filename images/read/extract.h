/*
 * extract - one file out of an image's layer.
 */
#ifndef KEELSON_IMAGES_READ_EXTRACT_H
#define KEELSON_IMAGES_READ_EXTRACT_H

#include "images/read/view.h"

/*
 * Append the content of the file at `path` (without a leading slash) to a
 * growing buffer, reading the whole layer, which view_layer() checks.  Nothing
 * is appended if there is no such file.  0, or -1: ERR_LIMIT it is too large.
 */
int extract_file(
	const struct view *v, struct str path, struct buf *out, struct err *e);

#endif
