/*
 * cgroup_image - what CRIU's cgroup.img may say of the node that restores it.
 *
 * The image names cgroups by their paths, with limits, and hierarchies to be
 * mounted; whoever made the archive wrote it.  CRIU makes them all and moves
 * processes into them, unless it is told not to, for which not every runtime
 * has a way.  So the image is written anew: all processes belong to one cgroup,
 * the container's, in those hierarchies that the node has, without limits.
 * crun puts the path of the cgroup that it makes in place of that one.
 *
 * Pure.
 */
#ifndef CHECKPOINT_AGENT_RESTORE_CGROUP_IMAGE_H
#define CHECKPOINT_AGENT_RESTORE_CGROUP_IMAGE_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

/* What the node has, and what is to be the container's. */
struct cgroup_image_node {
	struct str hierarchies; /* /proc/self/cgroup */
	struct str name;        /* of the cgroup, below the top of each */
};

/*
 * Append the image without what it may not say.
 * @image  bytes of the file
 * 0, or -1 (ERR_INPUT): it is no such image.
 */
int cgroup_image_tame(struct str image, const struct cgroup_image_node *node,
	struct buf *out, struct err *e);

#endif
