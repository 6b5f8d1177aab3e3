/*
 * slot - one job, from the moment that it is taken until nothing of it is left.
 *
 * It waits for its turn, runs in a child (child.h) and is answered exactly
 * once, whatever becomes of that process: one that dies without an answer is
 * cleaned up after in another child.
 */
#ifndef CHECKPOINT_AGENT_BACK_SLOT_H
#define CHECKPOINT_AGENT_BACK_SLOT_H

#include "checkpoint-agent/back/child.h"
#include "checkpoint-agent/ipc/limits.h"

enum slot_state {
	SLOT_FREE,
	SLOT_WAITING,    /* for its turn */
	SLOT_RUNNING,    /* in a child */
	SLOT_RECOVERING, /* its remains are cleaned up in a child */
};

/* What all slots of a table share. */
struct slot_owner {
	const struct config_jobs *config;
	struct loop *loop;
	/* the answer, once for each job; fd (or -1) is closed after the call */
	void (*answered)(void *context, const struct job_answer *a, int fd);
	/* in a new process: close descriptors that are the owner's */
	void (*forked)(void *context);
	void (*freed)(void *context); /* a slot that was taken is free again */
	void *context;
};

struct slot {
	const struct slot_owner *owner;
	enum slot_state state;
	struct job job;
	struct child child;
	struct loop_timer timer;
	bool is_answered;
	bool is_aborted;
	bool has_timed_out;
	uint64_t begun_ms;
};

/* Make a free slot wait with this job.  The job's time begins to run. */
void slot_take(
	struct slot *t, const struct slot_owner *owner, const struct job *job);

/*
 * Run the job of a waiting slot.  If no child can be started, the job is
 * answered and the slot is free, without a call of freed().
 */
void slot_start(struct slot *t);

/* The job of a slot that is not free is to end; it is answered when it has. */
void slot_abort(struct slot *t);

/* Only checkpoints are limited in number; the others are short. */
bool slot_is_heavy(const struct slot *t);

#endif
