/*
 * texts - a list of JSON values as they will be written, in a fixed order.
 */
#ifndef KEELSON_IMAGES_ATTACH_TEXTS_H
#define KEELSON_IMAGES_ATTACH_TEXTS_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/node.h"

struct texts {
	struct arena *arena; /* holds them; the caller's */
	struct str *items;
	size_t n, room;
};

/* Append a copy.  0, or -1 (ERR_LIMIT), also when b is full. */
int texts_add(struct texts *t, const struct buf *b, struct err *e);

/* The same for a parsed value. */
int texts_add_node(struct texts *t, const struct node *n, struct err *e);

/* Sort those from the `from`th on; equal ones become one. */
void texts_sort(struct texts *t, size_t from);

/* Append them, with commas between. */
void texts_put(const struct texts *t, struct buf *out);

#endif
