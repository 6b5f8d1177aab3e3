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
	struct arena *arena; /* the survey's: what the texts lie in */
	const char *obstacle[PREFLIGHT_ITEMS_MAX];
	size_t obstacle_count;
	const char *loss[PREFLIGHT_ITEMS_MAX];
	size_t loss_count;
	struct estimate estimate;
};

/* 0, or -1 when the container cannot be looked at: it has ended. */
int preflight_look(struct preflight *p, const struct target *t,
	struct survey *s, struct err *e);

/* Note an obstacle, once; what is beyond the limit is dropped. */
void preflight_refuse(struct preflight *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* All of it as one JSON object, or as lines for people. */
void preflight_put(struct buf *b, const struct preflight *p,
	const struct target *t, const struct survey *s);

void preflight_put_text(struct buf *b, const struct preflight *p,
	const struct target *t, const struct survey *s);

#endif
