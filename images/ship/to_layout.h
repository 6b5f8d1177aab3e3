/*
 * to_layout - an image that becomes a new OCI layout.
 *
 * It grows in .NAME.partial beside its final name and is renamed when it is
 * complete.  What an interrupted run left there is used by the next, once its
 * digest is checked; what the image does not have is removed.  The final name
 * may hold a layout, which is replaced, or an empty directory; anything else is
 * refused.
 */
#ifndef KEELSON_IMAGES_SHIP_TO_LAYOUT_H
#define KEELSON_IMAGES_SHIP_TO_LAYOUT_H

#include "images/assemble/layout.h"
#include "images/ship/to.h"
#include "lib/base/arena.h"

#define TO_LAYOUT_INDEX_BYTES ((size_t)16 << 20)

struct to_layout {
	struct layout layout;
	int dir;          /* of its blobs */
	const char *name; /* of the image, for containerd; the caller's */
	struct arena arena;
	struct to_layout_file *kept; /* blobs of the image; in the arena */
	size_t n, room;
	/* descriptors, each with a comma behind it: those of the image first */
	struct buf images, others;
};

/* name: "registry/name:tag". 0 or -1; close it in both cases. */
int to_layout_open(
	struct to_layout *t, const char *path, const char *name, struct err *e);
void to_layout_close(struct to_layout *t);

struct to to_layout(struct to_layout *t);

#endif
