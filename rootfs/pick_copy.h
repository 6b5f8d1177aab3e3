/*
 * pick_copy - take files and whole directories under their own paths.
 */
#ifndef KEELSON_ROOTFS_PICK_COPY_H
#define KEELSON_ROOTFS_PICK_COPY_H

#include "rootfs/pick_package.h"

/*
 * Copy one path of the package to the tree, a directory with everything below
 * it, without what the document lists under `skip`. 0 or -1.
 */
int pick_copy(struct pick *p, const char *path, struct err *e);

#endif
