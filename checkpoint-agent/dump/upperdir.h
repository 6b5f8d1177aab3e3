/*
 * upperdir - what a container changed in its root file system.
 *
 * The upper directory of its overlay holds the changes: a file there is new or
 * changed, a whiteout is a deletion, and an opaque directory hides everything
 * that lower layers have in it.  No trees are compared.
 */
#ifndef CHECKPOINT_AGENT_DUMP_UPPERDIR_H
#define CHECKPOINT_AGENT_DUMP_UPPERDIR_H

#include "checkpoint-agent/node/overlay.h"
#include "checkpoint-agent/resolve/spec.h"
#include "lib/base/err.h"

struct upperdir {
	int host_root; /* hostfs root */
	int merged;    /* where the runtime mounted it; -1: not readable */
	const struct overlay *layers;
	const struct spec *spec; /* lists the mount points; NULL: none */
};

/* Descriptors that it is written to, each closed once it is complete. */
struct upperdir_out {
	int *tar;
	int *deleted; /* JSON list of paths; nothing when there are none */
	int *paths;   /* those that are no UTF-8, with a NUL after each */
};

/*
 * Write the changes and the deleted paths, one after the other.  0, or -1:
 * what was not complete is still open.
 */
int upperdir_write(const struct upperdir *r, const struct upperdir_out *out,
	struct err *e);

#endif
