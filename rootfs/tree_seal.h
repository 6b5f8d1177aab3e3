/*
 * tree_seal - complete and check a tree.
 */
#ifndef KEELSON_ROOTFS_TREE_SEAL_H
#define KEELSON_ROOTFS_TREE_SEAL_H

#include "rootfs/tree.h"

/*
 * Sort the entries, add missing parent directories, read and hash every file.
 * 0, or -1: one path twice (the message names both origins), an entry below
 * something that is not a directory, a link that leads out of the tree or to
 * nothing, a source that can't be read.
 */
int tree_seal(struct tree *t, struct err *e);

/* Allow additions again; the entries stay.  Seal it again afterwards. */
void tree_open(struct tree *t);

#endif
