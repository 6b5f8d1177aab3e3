/*
 * preflight - can this container be dumped, and what would be lost?
 *
 * Looks without stopping anything.  An obstacle is what CRIU is known to
 * refuse, said so that a person can remove it; a loss is what the archive
 * will not bring back.
 */
#ifndef CHECKPOINT_AGENT_PREFLIGHT_H
#define CHECKPOINT_AGENT_PREFLIGHT_H

#include "checkpoint-agent/estimate.h"
#include "checkpoint-agent/survey.h"
#include "lib/base/buf.h"

#define PREFLIGHT_TEXT_MAX  65536
#define PREFLIGHT_ITEMS_MAX 32

struct preflight {
	const char *obstacle[PREFLIGHT_ITEMS_MAX]; /* in the survey's arena */
	size_t obstacle_count;
	const char *loss[PREFLIGHT_ITEMS_MAX];
	size_t loss_count;
	struct estimate estimate;
};

int preflight_look(struct preflight *p, const struct target *t,
		struct survey *s, struct err *e);

/* All of it as one JSON object. */
void preflight_put(struct buf *b, const struct preflight *p,
		const struct target *t, const struct survey *s);

/* Pure: is a mount of this id among those of the mountinfo? */
bool preflight_has_mount(struct str mountinfo, uint64_t id);

/* Pure: the mnt_id of the text of /proc/PID/fdinfo/N. False: none. */
bool preflight_mount_of(struct str fdinfo, uint64_t *id);

#endif
