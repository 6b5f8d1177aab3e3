/*
 * survey - what must be known about a container before it is dumped: its
 * mounts, cgroups, layers, container image and freezer.
 */
#ifndef CHECKPOINT_AGENT_PREFLIGHT_SURVEY_H
#define CHECKPOINT_AGENT_PREFLIGHT_SURVEY_H

#include "checkpoint-agent/node/freezer.h"
#include "checkpoint-agent/node/overlay.h"
#include "checkpoint-agent/preflight/external.h"
#include "checkpoint-agent/preflight/watches.h"
#include "checkpoint-agent/resolve/storage.h"
#include "checkpoint-agent/resolve/target.h"
#include "lib/base/arena.h"
#include "lib/base/err.h"

#include <limits.h>

struct survey {
	struct arena arena; /* owns the texts below */
	struct str mountinfo;
	struct str cgroup; /* text of /proc/PID/cgroup */
	struct external external;
	struct overlay layers;     /* of the root file system */
	const char *why_no_layers; /* NULL: there are some, to be trusted */
	struct storage_image image;
	struct freezer freezer;
	struct watches watches; /* filled by preflight_check() */
};

/*
 * Look at the container; nothing is stopped or changed.  Call survey_free()
 * also on failure.
 * @freezer  found before by survey_find_freezer(); NULL: find it
 */
int survey_make(struct survey *s, const struct target *t,
	const struct resolve_place *place, const struct freezer *freezer,
	struct err *e);
void survey_free(struct survey *s);

/*
 * The freezer of a container.  A user's runtime may not make cgroups, so
 * other processes may be in the one that its container is in: it counts only
 * when it bears the container's id.
 */
int survey_find_freezer(const struct target *t,
	const struct resolve_place *place, struct freezer *f, struct err *e);

/* The layers whose changes are read; NULL: none. */
const struct overlay *survey_layers(const struct survey *s);

/* The directory of the freezer, for CRIU; NULL: there is none. */
const char *survey_freezer(const struct survey *s);

#endif
