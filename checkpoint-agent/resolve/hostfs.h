/*
 * hostfs - the node's files, also from inside a container.
 *
 * The agent may live in a mount namespace of its own and see the node's root
 * at /proc/1/root or at a mount such as /host.  Every path that comes from
 * the node (state directories, bundles, layers) is looked up below that root
 * with openat2(RESOLVE_IN_ROOT), so that absolute symbolic links stay on the
 * node's side and ".." cannot leave it.
 */
#ifndef CHECKPOINT_AGENT_RESOLVE_HOSTFS_H
#define CHECKPOINT_AGENT_RESOLVE_HOSTFS_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

/* Open the node's root; "" or NULL is our own. 0 or -1. */
int hostfs_open_root(const char *host_root, int *root, struct err *e);

/* Open an absolute path of the node (open(2) flags, no O_CREAT). 0 or -1. */
int hostfs_open(int root, const char *path, int flags, int *out, struct err *e);

/*
 * Append a file's bytes to b.  Only a regular file is read, so that nobody
 * keeps us waiting at a pipe. 0 or -1; ERR_ABSENT when it does not exist.
 */
int hostfs_read(int root, const char *path, struct buf *b, struct err *e);

/* The same, of a file that owner_uid has; 0: whoever has it. */
int hostfs_read_of(int root, const char *path, uint32_t owner_uid,
	struct buf *b, struct err *e);

#endif
