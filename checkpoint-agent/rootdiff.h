/*
 * rootdiff - what a container changed in its root file system.
 *
 * The changes are the upper directory of its overlay: whatever lies there is
 * new or changed; a whiteout is a deletion; an opaque directory hides all
 * that the layers below have in it.  They are read there and not guessed by
 * comparing trees.
 */
#ifndef CHECKPOINT_AGENT_ROOTDIFF_H
#define CHECKPOINT_AGENT_ROOTDIFF_H

#include "checkpoint-agent/overlay.h"
#include "checkpoint-agent/resolve/spec.h"
#include "lib/base/err.h"

struct rootdiff {
	int host_root; /* hostfs root */
	int merged;    /* the container's own root directory */
	const struct overlay *layers;
	const struct spec *spec; /* its mount points are no changes */
};

/*
 * Write the tar of the changes to `tar`, and to `deleted` a JSON list of the
 * paths that are gone; nothing when there are none.
 */
int rootdiff_write(
	const struct rootdiff *r, int tar, int deleted, struct err *e);

#endif
