/*
 * to - where an image goes: a registry (to_registry.h) or a new layout
 * (to_layout.h), behind one table of functions.
 */
#ifndef KEELSON_IMAGES_SHIP_TO_H
#define KEELSON_IMAGES_SHIP_TO_H

#include "images/ship/from.h"

/* A manifest or index on its way. */
struct to_document {
	const struct piece *piece;
	struct str bytes;
	const struct node *tree; /* of the bytes */
	bool is_image;           /* the one that all this is about */
	const char *tag;         /* that it gets; or NULL */
	const char *subject;     /* digest that it refers to; or NULL */
};

struct to {
	void *self;
	/* Is the blob there? 1, 0 or -1. */
	int (*has)(void *self, const struct piece *p, struct err *e);
	/* Have it without bytes of ours: 1 done, 0 not possible, -1. */
	int (*take_over)(void *self, const struct piece *p, struct err *e);
	int (*blob)(void *self, const struct piece *p,
		const struct from_body *b, struct err *e);
	/* All that it names is there by then. 0 or -1. */
	int (*document)(void *self, const struct to_document *d, struct err *e);
	/* After the last one. 0 or -1. */
	int (*finish)(void *self, struct err *e);
};

#endif
