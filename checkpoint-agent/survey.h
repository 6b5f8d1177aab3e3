/*
 * survey - all that must be known of a container before it is dumped.
 */
#ifndef CHECKPOINT_AGENT_SURVEY_H
#define CHECKPOINT_AGENT_SURVEY_H

#include "checkpoint-agent/external.h"
#include "checkpoint-agent/overlay.h"
#include "checkpoint-agent/resolve/resolve.h"
#include "checkpoint-agent/resolve/storage.h"
#include "lib/base/arena.h"
#include "lib/base/err.h"

#include <limits.h>

struct survey {
	struct arena arena; /* what the rest points into */
	struct str mountinfo;
	struct str cgroup; /* text of /proc/PID/cgroup */
	struct external external;
	struct overlay layers;
	bool has_layers; /* its root is an overlay */
	struct storage_image image;
	char freezer[PATH_MAX]; /* "" when there is none */
	bool was_frozen;        /* it is paused */
};

/* host_root and host_path: as dump.h has them. survey_free() in any case. */
int survey_make(struct survey *s, const struct target *t, int host_root,
	const char *host_path, struct err *e);
void survey_free(struct survey *s);

/* The freezer for CRIU to use, or NULL. */
const char *survey_freezer(const struct survey *s);

#endif
