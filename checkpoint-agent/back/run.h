/*
 * run - carries out one job, in a process of its own.
 */
#ifndef CHECKPOINT_AGENT_BACK_RUN_H
#define CHECKPOINT_AGENT_BACK_RUN_H

#include "checkpoint-agent/config/config.h"
#include "checkpoint-agent/ipc/job.h"
#include "lib/base/err.h"

/*
 * Do the job and fill *out, whatever happens; the caller sets the id.  It may
 * take minutes.  The caller enforces the timeout by making abort_fd readable:
 * then the container is thawed, what was made is removed, and the answer is
 * JOB_ABORTED.  *fd: the descriptor that goes with the answer, now the
 * caller's, or -1.
 */
void run_job(const struct config_jobs *c, const struct job *j, int abort_fd,
	struct job_answer *out, int *fd);

/*
 * Clean up after jobs that were killed: thaw containers, end their CRIU,
 * remove partial files.  Work directories of running jobs are locked and left
 * alone.  0, or -1 with the first thing that could not be undone.
 */
int run_recovery(const struct config_jobs *c, struct err *e);

#endif
