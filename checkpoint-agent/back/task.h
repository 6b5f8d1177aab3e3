/*
 * task - one job being carried out in its own process: what all verbs share.
 *
 * A verb is a function `int (struct task *t, struct err *e)`.  It fills
 * t->answer and perhaps t->fd.  When it returns -1, *e becomes the cause in
 * the answer, and the kind of error its status unless the verb has set one.
 */
#ifndef CHECKPOINT_AGENT_BACK_TASK_H
#define CHECKPOINT_AGENT_BACK_TASK_H

#include "checkpoint-agent/config/config.h"
#include "checkpoint-agent/ipc/job.h"
#include "checkpoint-agent/resolve/resolve.h"
#include "lib/base/arena.h"
#include "lib/base/err.h"

struct task {
	const struct config_jobs *config;
	const struct job *job;
	int abort_fd;               /* readable: give up */
	int dir;                    /* of archives */
	struct resolve_place place; /* where containers are looked for */
	struct arena arena;         /* of the task */
	struct job_answer *answer;
	int fd; /* goes with the answer; -1: none */
};

/*
 * Find the running container that the job names; target_release() it.
 * Reports pod, container and timeout in the kubelet's order.
 */
int task_find_container(struct task *t, struct target *out, struct err *e);

/* Is the requested timeout valid? */
int task_check_timeout(struct task *t, struct err *e);

/* Answer with these bytes, through a descriptor. */
int task_answer_bytes(struct task *t, struct str bytes, struct err *e);

/* Fail with a status that the kind of error alone does not say. Always -1. */
int task_fail(struct task *t, enum job_status status);

#endif
