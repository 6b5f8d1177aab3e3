/*
 * listing_layer - the entries of an image's layer.
 */
#ifndef KEELSON_IMAGES_READ_LISTING_LAYER_H
#define KEELSON_IMAGES_READ_LISTING_LAYER_H

#include "images/read/listing.h"
#include "images/read/view.h"

/*
 * Read the layer; view_layer() checks it.  The paths are kept in `a`.  Free *l
 * in any case.
 * 0 or -1 (ERR_INPUT): a path occurs twice, lies below what is not a directory,
 * is a whiteout, or has control characters; a hard link names no file of the
 * layer.
 */
int listing_layer(const struct view *v, struct arena *a, struct listing *l,
	struct err *e);

#endif
