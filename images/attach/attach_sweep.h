/*
 * attach_sweep - remove blobs that the former index named and the new one does
 * not.
 */
#ifndef KEELSON_IMAGES_ATTACH_ATTACH_SWEEP_H
#define KEELSON_IMAGES_ATTACH_ATTACH_SWEEP_H

#include "images/read/view.h"

/* path: of the layout, a directory, which both views show.  0 or -1. */
int attach_sweep(const char *path, const struct view *before,
	const struct view *now, struct err *e);

#endif
