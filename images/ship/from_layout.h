/*
 * from_layout - an image in an OCI layout: a directory, or a tar of one.
 *
 * The operand is that of layout_name.h.  A layout that two readers may read
 * in two ways is refused (unambiguous.h), and so is a blob whose bytes are not
 * those of its digest.
 */
#ifndef KEELSON_IMAGES_SHIP_FROM_LAYOUT_H
#define KEELSON_IMAGES_SHIP_FROM_LAYOUT_H

#include "images/read/source.h"
#include "images/ship/from.h"
#include "images/ship/layout_name.h"

#define FROM_LAYOUT_ENTRIES_MAX 1024

struct from_layout {
	char path[LAYOUT_NAME_PATH_BYTES];
	char wanted[LAYOUT_NAME_WANTED_BYTES]; /* a tag or name; or "" */
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

/* Is one image meant? 0, or -1: there is none, or there are several. */
int from_layout_check(const struct from_layout *f, struct err *e);

/* The descriptor of its image; NULL: -1. */
const struct node *from_layout_image(
	const struct from_layout *f, struct err *e);

/* The tag that the image has in the layout; "" if none. */
const char *from_layout_tag(const struct from_layout *f);

/*
 * Its name with registry and tag, which the index says for containerd; empty if
 * it does not.
 */
struct str from_layout_name(const struct from_layout *f);

#endif
