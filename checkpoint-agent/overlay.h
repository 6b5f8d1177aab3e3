/*
 * overlay - the layers of a container's root file system.
 */
#ifndef CHECKPOINT_AGENT_OVERLAY_H
#define CHECKPOINT_AGENT_OVERLAY_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

#define OVERLAY_LOWER_MAX 512 /* the kernel stops at 500 layers */

/* Directories, as the node sees them. */
struct overlay {
	const char *upper;
	const char *lower[OVERLAY_LOWER_MAX];
	size_t lower_count;
};

/*
 * Pure: the layers in the text of the container's mountinfo.
 * 1; 0 when its root is no overlay that can be written; -1.
 */
int overlay_parse(struct str mountinfo, struct arena *a, struct overlay *l,
	struct err *e);

#endif
