/*
 * children - the table of jobs: which wait, which run, in what order.
 *
 * Each job has a slot (slot.h), which answers it once, whatever happens.
 */
#ifndef CHECKPOINT_AGENT_BACK_CHILDREN_H
#define CHECKPOINT_AGENT_BACK_CHILDREN_H

#include "checkpoint-agent/back/slot.h"

struct children {
	/* the owner's, set before children_open() */
	const struct config_jobs *config;
	struct loop *loop;
	/* the answer, once for each job; fd (or -1) is closed after the call */
	void (*answered)(void *context, const struct job_answer *a, int fd);
	void (*emptied)(void *context); /* the last job has ended */
	/* in a new process: close descriptors that are the owner's */
	void (*forked)(void *context);
	void *context;

	/* inside */
	struct slot_owner owner;
	struct slot slot[LIMITS_JOBS_MAX];
};

/* Before any other call. */
void children_open(struct children *j);

/*
 * Run the job, now or when its turn comes, or answer at once that it cannot
 * run.  Two jobs for one container, or for a pod and one of its containers,
 * do not run together: the second is JOB_BUSY.
 */
void children_take(struct children *j, const struct job *job);

/* Abort the job of this id; it is answered when it has ended. */
void children_abort(struct children *j, uint64_t id);
void children_abort_all(struct children *j);

bool children_are_empty(const struct children *j);

/* Is this process one of ours? */
bool children_have_process(const struct children *j, pid_t pid);

#endif
