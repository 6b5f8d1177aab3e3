/*
 * child - a process of its own for one job, or for cleaning up after one.
 *
 * The child shares a channel with us.  Its answer comes back on it; shutting
 * our end tells the child to abort, and so does our own death.
 */
#ifndef CHECKPOINT_AGENT_BACK_CHILD_H
#define CHECKPOINT_AGENT_BACK_CHILD_H

#include "checkpoint-agent/config/config.h"
#include "checkpoint-agent/ipc/job.h"
#include "lib/net/loop_child.h"

struct child {
	/* the owner's, set before child_start() */
	const struct config_jobs *config;
	struct loop *loop;
	/* in the new process: close descriptors that are the owner's */
	void (*forked)(void *context);
	/* the answer, at most once; fd (or -1) is closed after the call */
	void (*answered)(void *context, struct job_answer *a, int fd);
	/* the process has ended; status as waitpid(2) gives it */
	void (*ended)(void *context, int status);
	void *context;

	/* inside */
	struct loop_child process;
	struct loop_fd socket; /* our end of the channel; fd -1: closed */
	bool is_answered;
};

/* Before anything else; the owner's fields stay as they are. */
void child_init(struct child *c);

/* Run the job in a new process; ended() is called if and only if it started. */
int child_start(struct child *c, const struct job *job, struct err *e);

/* Run run_recovery() in a new process: status 0 when all was undone. */
int child_start_recovery(struct child *c, struct err *e);

/* Tell it to abort. */
void child_abort(struct child *c);

void child_kill(struct child *c);

/* Close our end of the channel. */
void child_close(struct child *c);

/* In another new process: close the copy, the watch is the parent's. */
void child_close_copy(struct child *c);

#endif
