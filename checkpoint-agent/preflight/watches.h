/*
 * watches - the paths of what a container's processes watch by inotify or
 * fanotify.
 *
 * The kernel tells an inode, and a restore needs a path.  On an overlay CRIU
 * looks for it in some places only (/etc, /var/log and the like), while the
 * container stands still.  So the agent finds it before, in the whole root
 * file system, and tells CRIU.
 */
#ifndef CHECKPOINT_AGENT_PREFLIGHT_WATCHES_H
#define CHECKPOINT_AGENT_PREFLIGHT_WATCHES_H

#include "checkpoint-agent/preflight/findings.h"
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define WATCHES_MAX      4096         /* further ones are CRIU's to find */
#define WATCHES_PATH_MAX (512u << 10) /* bytes of all paths */
#define WATCHES_SEEN_MAX 2000000      /* files that are looked at */
#define WATCHES_WAIT_MS  2000         /* and for how long */

struct watch {
	uint64_t inode;
	uint32_t pid;
	bool is_found;
};

struct watches {
	struct arena *arena; /* of the paths; the caller's */
	dev_t device;        /* of the root file system; 0: no overlay */
	uint32_t pid;        /* whose root that is */
	size_t n;
	size_t path_count;
	size_t path_bytes;
	struct watch watch[WATCHES_MAX];
	struct str path[WATCHES_MAX]; /* absolute, in the container */
};

/* Begin with the root file system of process `pid`. */
void watches_start(struct watches *w, uint32_t pid, struct arena *a);

/* Add what descriptor `fd` of a process watches in that file system. */
void watches_add(struct watches *w, uint32_t pid, const char *fd);

/*
 * Fill path[].  What is nowhere in the root file system is an obstacle, unless
 * the search was ended by its limits.
 */
void watches_find(struct watches *w, struct findings *f);

/*
 * Pure: the next inode in the text of /proc/PID/fdinfo/N that is watched on
 * this device.  False: there is none.
 */
bool watches_next(struct str *fdinfo, dev_t device, uint64_t *inode);

#endif
