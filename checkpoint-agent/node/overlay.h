/*
 * overlay - the layers of a container's root file system, as the node's mount
 * table has them.
 *
 * A container that may mount in its user namespace can give itself an overlay
 * of any directories as root, and its own mountinfo then names these as
 * layers.  The device number of a mounted file system is the kernel's word: a
 * container's root is the overlay that the runtime mounted only if the node's
 * table has an overlay of the same device.  This is the only reader of
 * overlayfs' mount options.
 */
#ifndef CHECKPOINT_AGENT_NODE_OVERLAY_H
#define CHECKPOINT_AGENT_NODE_OVERLAY_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

#define OVERLAY_LOWER_MAX 512 /* the kernel stops at 500 layers */

/* Directories of the node; the texts lie in the arena given. */
struct overlay {
	const char *at; /* where the runtime mounted it */
	const char *upper;
	const char *lower[OVERLAY_LOWER_MAX]; /* the top one first */
	size_t lower_count;
	bool has_user_marks; /* mounted with userxattr: marks are user.* */
};

/*
 * Pure: the writable overlay of this device in the text of a mountinfo.
 * @device  "0:54"
 * 1: *l has its layers; 0: there is none; -1: ERR_INPUT the text is malformed
 * or names no layers, ERR_LIMIT too many layers.
 */
int overlay_find(struct str table, struct str device, struct arena *a,
	struct overlay *l, struct err *e);

/*
 * The device of the file system that the process has as root directory, as
 * mountinfo writes it.  1: it is an overlay; 0: it is another; -1.
 */
int overlay_device(uint32_t pid, char device[32], struct err *e);

/*
 * Does the file have one of overlayfs' marks, "opaque" for instance?
 * @fd     may be an O_PATH descriptor
 * @value  its only byte; '\0': any value
 */
bool overlay_has_mark(
	const struct overlay *l, int fd, const char *mark, char value);

#endif
