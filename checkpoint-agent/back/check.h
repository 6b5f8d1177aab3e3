/*
 * check - the verb JOB_CHECK: could this container be checkpointed?
 */
#ifndef CHECKPOINT_AGENT_BACK_CHECK_H
#define CHECKPOINT_AGENT_BACK_CHECK_H

#include "checkpoint-agent/back/task.h"

/* A verb, see task.h: answers with the JSON of preflight_put_json(). */
int check_container(struct task *t, struct err *e);

#endif
