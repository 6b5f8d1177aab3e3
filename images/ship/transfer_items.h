/*
 * transfer_items - the manifests that belong to an image, found before
 * anything is sent.
 */
#ifndef KEELSON_IMAGES_SHIP_TRANSFER_ITEMS_H
#define KEELSON_IMAGES_SHIP_TRANSFER_ITEMS_H

#include "images/ship/from.h"
#include "lib/base/arena.h"

#define TRANSFER_ITEMS_MAX 512

enum transfer_role {
	TRANSFER_IMAGE, /* the one that was asked for */
	TRANSFER_PART,  /* of an index */
	TRANSFER_REFERRER,
	TRANSFER_TAGGED, /* found by the tag that stands for a digest */
};

struct transfer_item {
	enum transfer_role role;
	struct piece piece;
	struct str bytes;
	const struct node *tree;
	const char *tag; /* of TRANSFER_TAGGED */
};

struct transfer_items {
	struct arena arena;          /* of all below */
	struct transfer_item *items; /* the image first, parts behind wholes */
	size_t n;
};

#define TRANSFER_ARENA_BYTES ((size_t)512 << 20)

struct transfer_wanted {
	const char *version; /* a tag, a digest or "" */
	bool is_alone;       /* the image without what refers to it */
};

/*
 * Find all that belongs to an image. 0 or -1; free the arena in both cases.
 */
int transfer_items_find(const struct from *from,
	const struct transfer_wanted *wanted, struct transfer_items *out,
	struct err *e);

#endif
