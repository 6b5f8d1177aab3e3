/*
 * from_layout - an image in an OCI layout: a directory, or a tar of one.
 *
 * LAYOUT, or LAYOUT:TAG for one of several images.  A layout that two readers
 * may read in two ways is refused (unambiguous.h), and so is a blob whose
 * bytes are not those of its digest.
 */
#ifndef KEELSON_IMAGES_SHIP_FROM_LAYOUT_H
#define KEELSON_IMAGES_SHIP_FROM_LAYOUT_H

#include "images/read/source.h"
#include "images/ship/from.h"
#include "images/ship/reference.h"

#define FROM_LAYOUT_ENTRIES_MAX 1024
#define FROM_LAYOUT_PATH_BYTES  4096

struct from_layout {
	char path[FROM_LAYOUT_PATH_BYTES];
	char tag[REFERENCE_TAG_BYTES]; /* of the command line; or "" */
	struct arena arena;
	struct source source;
	const struct node *index;
	struct from_layout_entry *entries; /* in the arena */
	size_t n;
};

/* 0 or -1; close it in both cases. */
int from_layout_open(struct from_layout *f, const char *name, struct err *e);
void from_layout_close(struct from_layout *f);

struct from from_layout(struct from_layout *f);

/* The tag that the image has in the layout; "" if none. */
const char *from_layout_tag(const struct from_layout *f);

#endif
