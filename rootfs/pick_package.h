/*
 * pick_package - the unpacked package that a pick takes files from.
 */
#ifndef KEELSON_ROOTFS_PICK_PACKAGE_H
#define KEELSON_ROOTFS_PICK_PACKAGE_H

#include "lib/base/node.h"
#include "rootfs/tree.h"

struct pick {
	struct arena arena;     /* names and joined contents */
	const struct node *doc; /* rootfs/pick/NAME.yaml */
	const char *root;       /* directory of the unpacked package */
	struct str deb;         /* file name of the package */
	struct str licence;     /* of what is taken; empty: the package's */
	struct tree *to;
};

#define PICK_BYTES ((size_t)16 << 20) /* ceiling of the arena */

/*
 * Find the package that p->doc names; fills root and deb.  0, or -1: none, or
 * more than one, below `packages`.
 */
int pick_open_package(struct pick *p, const char *packages, struct err *e);

/* Up to four texts in one, in the arena; NULL when there is no room. */
char *pick_text(struct pick *p, const char *a, const char *b, const char *c,
	const char *d);

/* Report that the arena is full. Always -1. */
int pick_no_memory(struct err *e);

/* A path of the package must be absolute and plain. 0 or -1. */
int pick_check_path(const char *path, struct err *e);

#endif
