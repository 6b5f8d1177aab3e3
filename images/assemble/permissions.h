/*
 * permissions - modes and owners of what a definition's other keys put into the
 * image.
 */
#ifndef KEELSON_IMAGES_ASSEMBLE_PERMISSIONS_H
#define KEELSON_IMAGES_ASSEMBLE_PERMISSIONS_H

#include "images/assemble/accounts.h"
#include "rootfs/tree.h"

/*
 * Follow one element of `permissions` in a tree that is not sealed. 0, or -1
 * with the key: nothing has the path, no such account.
 */
int permissions_change(struct tree *t, const struct accounts *accounts,
	const struct node *n, struct err *e);

#endif
