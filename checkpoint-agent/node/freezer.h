/*
 * freezer - the freezer cgroup of a container, version 1 or 2: find, freeze
 * and thaw it.
 *
 * CRIU freezes and thaws by itself once it is given the directory.  We freeze
 * the containers of a pod, so that all stand still at one moment, and thaw
 * when CRIU died before it could.
 */
#ifndef CHECKPOINT_AGENT_NODE_FREEZER_H
#define CHECKPOINT_AGENT_NODE_FREEZER_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

#include <limits.h>

struct freezer {
	char path[PATH_MAX]; /* the directory; "" when there is none */
	bool was_frozen;     /* before we came: it is not ours to thaw */
};

/*
 * Pure: the control group of a container whose process is in the one at
 * `path`: the same, or one above it, if the runtime has made that.  A program
 * that manages control groups by itself, such as systemd or docker in a
 * container, moves its processes into some below it.
 * @made  as the runtime tells: the path, or with /sys/fs/cgroup before it
 */
struct str freezer_above(struct str path, struct str made);

/*
 * Pure: append the directory, from the texts of /proc/PID/cgroup and of a
 * mountinfo.  Nothing is appended when the process is in the root of the
 * hierarchy (freezing that would stop the node), or when no mount shows its
 * cgroup.  0, or -1: ERR_INPUT a text is malformed.
 */
int freezer_locate(struct str cgroup, struct str mounts, struct str made,
	struct buf *path, struct err *e);

/*
 * Find the freezer of a process, in our own mounts and then in those of the
 * node.
 * @made       the container's cgroup, as freezer_above() has it; or empty
 * @host_root  as hostfs.h has it
 * 0, also when there is none; or -1.
 */
int freezer_find(uint32_t pid, struct str made, const char *host_root,
	struct freezer *f, struct err *e);

/*
 * Freeze the processes of this directory and wait until they stand still.
 * ERR_TIMEOUT: they did not within wait_ms, and were thawed again.
 */
int freezer_freeze(const char *path, uint64_t wait_ms, struct err *e);

/* Let the processes of this directory run. An absent one is no error. */
int freezer_thaw(const char *path, struct err *e);

#endif
