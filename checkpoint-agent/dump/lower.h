/*
 * lower - what the lower layers of an overlay have in one directory.
 *
 * Needed where the upper directory hides it as a whole.  The content of layers
 * is an image's, thus anybody's: a path is walked beneath the descriptor of
 * its layer, one component after the other, and no link is followed.
 */
#ifndef CHECKPOINT_AGENT_DUMP_LOWER_H
#define CHECKPOINT_AGENT_DUMP_LOWER_H

#include "checkpoint-agent/node/overlay.h"
#include "lib/base/arena.h"
#include "lib/base/err.h"

struct lower {
	const struct overlay *layers;
	int fd[OVERLAY_LOWER_MAX]; /* -1: not opened yet; owned */
	int host_root;
};

/* What is visible there, sorted, each name once; it lies in the arena. */
struct lower_names {
	const char **name;
	size_t n;
	bool has_dir; /* a layer has this directory */
};

/* Layers are opened when they are needed. */
void lower_start(struct lower *l, int host_root, const struct overlay *layers);
void lower_stop(struct lower *l);

/*
 * List the directory `path`, relative to the root, as the lower layers show
 * it together.  0, or -1: a layer cannot be read, or ERR_LIMIT.
 */
int lower_list(struct lower *l, const char *path, struct arena *a,
	struct lower_names *out, struct err *e);

#endif
