/*
 * from_several - images of several layouts, each for another platform, as one:
 * an index that names them all.
 *
 * What refers to any of them comes along.  The annotations that all manifests
 * have in common are those of the index, too.
 */
#ifndef KEELSON_IMAGES_SHIP_FROM_SEVERAL_H
#define KEELSON_IMAGES_SHIP_FROM_SEVERAL_H

#include "images/ship/from_layout.h"

#define FROM_SEVERAL_MAX 16 /* layouts */

struct from_several {
	struct from_layout layouts[FROM_SEVERAL_MAX];
	size_t n;
	struct buf index; /* the bytes of the new document */
};

/*
 * Layouts by their names, as from_layout_open() takes them.  0, or -1: two for
 * one platform, one whose index does not say for which, another tag
 * (ERR_INPUT).  Close it in both cases.
 */
int from_several_open(struct from_several *s, size_t n,
	const char *const *names, struct err *e);
void from_several_close(struct from_several *s);

struct from from_several(struct from_several *s);

#endif
