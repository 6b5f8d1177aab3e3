/*
 * joined_tar - a layout with images for several platforms as one tar, for
 * `podman load` and the like: an OCI archive without what refers to the images.
 */
#ifndef KEELSON_IMAGES_SHIP_JOINED_TAR_H
#define KEELSON_IMAGES_SHIP_JOINED_TAR_H

#include "lib/base/err.h"

#include <stdint.h>

#define JOINED_BLOBS_MAX 64

/* Write LAYOUT.tar, complete or not at all. 0 or -1. */
int joined_tar_write(const char *layout, int64_t time_s, struct err *e);

#endif
