/*
 * memdir - a directory in memory that has no name.
 *
 * A tmpfs that is mounted nowhere: whoever has the descriptor, or may open it
 * by way of /proc/PID/fd, sees it; it is gone with the last of them.
 */
#ifndef CHECKPOINT_AGENT_MEMDIR_H
#define CHECKPOINT_AGENT_MEMDIR_H

#include "lib/base/err.h"

#include <stddef.h>

/*
 * Its files may hold max_bytes in all; then writing fails with ENOSPC.  The
 * descriptor becomes the caller's.  Needs CAP_SYS_ADMIN and Linux 5.2.
 */
int memdir_open(size_t max_bytes, int *dir, struct err *e);

#endif
