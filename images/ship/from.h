/*
 * from - where an image comes from: a layout (from_layout.h) or a registry
 * (from_registry.h), behind one table of functions.
 */
#ifndef KEELSON_IMAGES_SHIP_FROM_H
#define KEELSON_IMAGES_SHIP_FROM_H

#include "images/ship/piece.h"
#include "lib/base/buf.h"

/* The bytes of a blob: in fd from offset on.  The giver owns it. */
struct from_body {
	int fd;
	uint64_t offset;
};

/* Called with each descriptor; what it returns below 0 ends the list. */
struct from_listener {
	int (*each)(
		void *context, const struct node *descriptor, struct err *e);
	void *context;
};

struct from {
	void *self;
	/*
	 * The manifest of a tag or digest; of a layout, "" is its image.  *p
	 * describes the bytes in out.  0 or -1 (ERR_ABSENT: no such thing).
	 */
	int (*named)(void *self, const char *version, struct buf *out,
		struct piece *p, struct err *e);
	/* The manifest that a descriptor names, checked. 0 or -1. */
	int (*document)(void *self, const struct piece *p, struct buf *out,
		struct err *e);
	/* Tell of each manifest that refers to this digest. 0 or -1. */
	int (*referrers)(void *self, const char *digest,
		const struct from_listener *to, struct err *e);
	/* 0 or -1; call `leave` after use. */
	int (*blob)(void *self, const struct piece *p, struct from_body *b,
		struct err *e);
	void (*leave)(void *self, const struct piece *p, struct from_body *b);
};

#endif
