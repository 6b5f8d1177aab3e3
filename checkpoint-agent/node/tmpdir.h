/*
 * tmpdir - a directory in memory without a path.
 *
 * It is a tmpfs that is not attached to the mount tree: only processes with the
 * descriptor, or with access to it by /proc/PID/fd, can reach it.  It is freed
 * when the last descriptor is closed.
 */
#ifndef CHECKPOINT_AGENT_NODE_TMPDIR_H
#define CHECKPOINT_AGENT_NODE_TMPDIR_H

#include "lib/base/err.h"

#include <stdint.h>

/*
 * Create one whose files hold at most max_bytes, not 0 (then ENOSPC), and are
 * not swapped where the kernel can promise that.  *dir becomes the caller's.
 *  Needs CAP_SYS_ADMIN and Linux 5.2.
 */
int tmpdir_open(uint64_t max_bytes, int *dir, struct err *e);

#endif
