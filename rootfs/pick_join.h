/*
 * pick_join - many files of the package as one, as update-ca-certificates(8)
 * makes its bundle.
 */
#ifndef KEELSON_ROOTFS_PICK_JOIN_H
#define KEELSON_ROOTFS_PICK_JOIN_H

#include "rootfs/pick_package.h"

/*
 * Follow one element of `join`: concatenate the files of `from` whose names
 * end with `suffix` into `to`.  0, or -1: no such directory, no such file.
 */
int pick_join(struct pick *p, const struct node *rule, struct err *e);

#endif
