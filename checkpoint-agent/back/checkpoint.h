/*
 * checkpoint - the verb JOB_CHECKPOINT: dump a container, or all containers of
 * a pod, into an archive, then apply the retention limits.
 */
#ifndef CHECKPOINT_AGENT_BACK_CHECKPOINT_H
#define CHECKPOINT_AGENT_BACK_CHECKPOINT_H

#include "checkpoint-agent/back/task.h"

/* A verb, see task.h.  JOB_NO_ROOM is found before anything is stopped. */
int checkpoint_make(struct task *t, struct err *e);

#endif
