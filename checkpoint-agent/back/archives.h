/*
 * archives - the verbs for archives that exist: list, open, delete, and the
 * retention limits.
 */
#ifndef CHECKPOINT_AGENT_BACK_ARCHIVES_H
#define CHECKPOINT_AGENT_BACK_ARCHIVES_H

#include "checkpoint-agent/back/task.h"
#include "checkpoint-agent/store/retain.h"

/* Verbs, see task.h.  open and delete: JOB_NO_ARCHIVE. */
int archives_list(struct task *t, struct err *e);
int archives_open(struct task *t, struct err *e);
int archives_delete(struct task *t, struct err *e);
int archives_sweep(struct task *t, struct err *e);

/* The configured retention limits. */
struct retain_limits archives_limits(const struct config_jobs *c);

/*
 * Apply them after `made` was written; what was removed goes into the answer.
 * A failure is only logged: the new archive exists all the same.
 */
void archives_retain(struct task *t, const char *made);

#endif
