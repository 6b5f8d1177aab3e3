/*
 * tree_tar - a sealed tree as a tar archive.
 */
#ifndef KEELSON_ROOTFS_TREE_TAR_H
#define KEELSON_ROOTFS_TREE_TAR_H

#include "lib/arc/sink.h"
#include "rootfs/tree.h"

/*
 * Write the archive, all entries with one time. 0, or -1: a tree that is not
 * sealed, a source that has changed since tree_seal() read it.
 */
int tree_write_tar(
	const struct tree *t, int64_t time_s, struct sink to, struct err *e);

#endif
