/*
 * preflight - can this container be dumped, and what would be lost?
 *
 * Looks at the processes, their descriptors and the mounts; nothing is
 * stopped or changed.
 */
#ifndef CHECKPOINT_AGENT_PREFLIGHT_PREFLIGHT_H
#define CHECKPOINT_AGENT_PREFLIGHT_PREFLIGHT_H

#include "checkpoint-agent/preflight/estimate.h"
#include "checkpoint-agent/preflight/findings.h"
#include "checkpoint-agent/preflight/survey.h"
#include "lib/base/buf.h"

#define PREFLIGHT_TEXT_MAX 65536 /* of what is written about it */

struct preflight {
	struct findings findings; /* its texts lie in the survey's arena */
	struct estimate estimate;
};

/* 0, or -1: the container has ended, or /proc cannot be read. */
int preflight_check(struct preflight *p, const struct target *t,
	struct survey *s, struct err *e);

/* Append the result as one JSON object. */
void preflight_put_json(struct buf *b, const struct preflight *p,
	const struct target *t, const struct survey *s);

/* Append the result as lines for people. */
void preflight_put_text(struct buf *b, const struct preflight *p,
	const struct target *t, const struct survey *s);

#endif
