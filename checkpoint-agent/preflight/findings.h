/*
 * findings - what a preflight has found: obstacles and losses, as sentences.
 *
 * An obstacle is what CRIU is known to refuse, worded so that a person can
 * remove it; a loss is what the archive will not bring back.
 */
#ifndef CHECKPOINT_AGENT_PREFLIGHT_FINDINGS_H
#define CHECKPOINT_AGENT_PREFLIGHT_FINDINGS_H

#include "lib/base/arena.h"

#include <stddef.h>

#define FINDINGS_MAX 128 /* of each kind */

struct findings {
	struct arena *arena; /* what the texts lie in; the caller's */
	const char *obstacle[FINDINGS_MAX];
	size_t obstacle_count;
	const char *loss[FINDINGS_MAX];
	size_t loss_count;
};

/* Add a text unless it is there already.  Those beyond the limit are dropped.
 */
void findings_add_obstacle(struct findings *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void findings_add_loss(struct findings *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
