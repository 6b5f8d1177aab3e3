/*
 * from_registry - an image in a registry.
 *
 * A blob is brought into a directory, under the hex of its digest; whoever
 * opened it decides what becomes of those files.
 */
#ifndef KEELSON_IMAGES_SHIP_FROM_REGISTRY_H
#define KEELSON_IMAGES_SHIP_FROM_REGISTRY_H

#include "images/ship/from.h"
#include "images/ship/registry.h"

struct from_registry {
	struct registry *registry; /* the caller's, open */
	int dir;                   /* the caller's: where blobs go */
	bool keeps;                /* they stay there after `leave` */
};

struct from from_registry(struct from_registry *f);

#endif
