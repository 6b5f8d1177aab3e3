/*
 * freeze - the freezer cgroup of a container, version 1 or 2.
 *
 * CRIU freezes and thaws by itself when it is told the directory; what is
 * done here is to find that directory, and to thaw when CRIU died before it
 * could.
 */
#ifndef CHECKPOINT_AGENT_FREEZE_H
#define CHECKPOINT_AGENT_FREEZE_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

/*
 * Pure: the directory, from the texts of /proc/PID/cgroup and of a mountinfo.
 * Nothing is appended when the process lives in the root of the hierarchy
 * (freezing that would stop the node) or no freezer is mounted in a way that
 * shows it.  0, or -1 when the texts cannot be read.
 */
int freeze_locate(
	struct str cgroup, struct str mounts, struct buf *path, struct err *e);

/*
 * The same for a process, looked for in our own mounts and then in those of
 * the node (host_root as hostfs.h has it).  is_frozen: it was paused already.
 */
int freeze_find(uint32_t pid, const char *host_root, struct buf *path,
	bool *is_frozen, struct err *e);

/*
 * Stop the processes of this directory and wait until they stand, at most so
 * long.  ERR_TIMEOUT: they are let go again.
 */
int freeze_stop(const char *path, uint64_t wait_ms, struct err *e);

/* Let the processes of this directory run. Not an error when it is gone. */
int freeze_thaw(const char *path, struct err *e);

#endif
