/*
 * jobs - the jobs under way: a table, a child for each, a timer for each.
 *
 * The child shares one socket pair with us: its answer comes back on it, and
 * our end being shut tells it to abort (so does our own death, whatever kills
 * us).  A child that does not end is killed, and job_recover() puts right what
 * it left, in another child.  Every job that is taken is answered once.
 */
#ifndef CHECKPOINT_AGENT_JOBS_H
#define CHECKPOINT_AGENT_JOBS_H

#include "checkpoint-agent/job.h"
#include "checkpoint-agent/limits.h"
#include "lib/net/loop.h"

enum jobs_state {
	JOBS_FREE,
	JOBS_WAITING,    /* for its turn */
	JOBS_RUNNING,    /* in a child */
	JOBS_RECOVERING, /* job_recover() in a child */
};

struct jobs;

struct jobs_slot {
	struct jobs *owner;
	enum jobs_state state;
	struct job job;
	struct loop_child child;
	struct loop_fd socket; /* our end of the pair; fd -1: closed */
	struct loop_timer timer;
	bool is_answered;
	bool is_aborted;
	bool has_timed_out;
	uint64_t begun_ms;
};

struct jobs {
	/* the owner's, set before jobs_take() */
	const struct job_config *config;
	struct loop *loop;
	/* the answer, once for each job; fd (or -1) stays ours */
	void (*answered)(void *context, const struct job_answer *a, int fd);
	void (*emptied)(void *context); /* the last job has ended */
	/* in a forked child: let go of all that is the owner's */
	void (*forked)(void *context);
	void *context;

	/* inside */
	struct jobs_slot slot[LIMITS_JOBS_MAX];
	size_t running; /* checkpoints */
};

/*
 * Run it, or answer at once that it cannot be.  Two jobs for one container
 * (or for a pod and one of its containers) are not run together: the second
 * is JOB_BUSY.
 */
void jobs_take(struct jobs *j, const struct job *job);

/* End the job of this id; it is answered when it has ended. */
void jobs_abort(struct jobs *j, uint64_t id);
void jobs_abort_all(struct jobs *j);

bool jobs_are_empty(const struct jobs *j);

/* Is this one of our children? */
bool jobs_have_child(const struct jobs *j, pid_t pid);

#endif
