/*
 * hostfs - open files of the node, also from inside a container.
 *
 * The agent may run in a mount namespace of its own and see the node's root
 * at /proc/1/root or at a mount such as /host.  Every path that comes from
 * the node (state directories, bundles, layers) is looked up below that root
 * by openat2(2) with RESOLVE_IN_ROOT, so that absolute symbolic links and
 * ".." stay below it.
 */
#ifndef CHECKPOINT_AGENT_NODE_HOSTFS_H
#define CHECKPOINT_AGENT_NODE_HOSTFS_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

/* Open the node's root; "" or NULL: our own. *root is the caller's. */
int hostfs_open_root(const char *host_root, int *root, struct err *e);

/*
 * Open an absolute path of the node.
 * @flags  as in open(2), without O_CREAT
 * Errors: ERR_ABSENT it does not exist.
 */
int hostfs_open(int root, const char *path, int flags, int *out, struct err *e);

/*
 * Open a path below a directory: no symbolic link is followed and no mount is
 * crossed, so what somebody put into the directory leads nowhere else.
 * @path  relative; "": the directory itself
 * Errors: ERR_ABSENT it does not exist, or a part of it is no directory.
 */
int hostfs_open_beneath(
	int dir, const char *path, int flags, int *out, struct err *e);

/*
 * The name of the node's own mount table, for file_read(): that of the process
 * whose root the node's root is, of process 1 for a root mounted elsewhere, or
 * our own.
 */
const char *hostfs_mount_table(const char *host_root, char out[64]);

/*
 * Append the content of a regular file; a FIFO could block us, so it is
 * refused.  Errors: ERR_ABSENT it does not exist; ERR_INPUT it is no regular
 * file.
 */
int hostfs_read(int root, const char *path, struct buf *b, struct err *e);

/* The same for a file that must belong to owner_uid; 0: to anyone. */
int hostfs_read_of(int root, const char *path, uint32_t owner_uid,
	struct buf *b, struct err *e);

#endif
