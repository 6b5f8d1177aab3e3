/*
 * workers - a pool of a few threads that work at jobs while the caller goes on.
 *
 * For work on a stream that is too much for one processor and that falls into
 * blocks which do not depend on each other: the caller fills a job and submits
 * it, any worker works at it, and the caller gets the jobs back in the order
 * in which it submitted them.
 *
 * All calls come from one thread, the caller's.  Workers start with the first
 * job, block all signals, and are no more than the processors that this
 * process may use.  With one processor, or if no thread can be created, the
 * caller does the work itself, which is slower and otherwise the same.
 */
#ifndef KEELSON_BASE_WORKERS_H
#define KEELSON_BASE_WORKERS_H

#include "lib/base/err.h"

#include <stddef.h>

/* Threads at most, however many processors there are. */
#define WORKERS_MAX 6

struct workers_plan {
	size_t job_bytes;
	/*
	 * Called in a worker's thread, 0 <= worker < WORKERS_MAX: no two calls
	 * with the same number run at once, so each can have its own tools.
	 */
	void (*work)(void *self, void *job, unsigned worker);
	/* Called in the caller's thread, job after job.  -1 is passed on. */
	int (*done)(void *self, void *job, struct err *e);
	void *self; /* the caller's */
};

struct workers; /* owned by the code that opened it */

/* NULL: out of memory.  No thread runs yet. */
struct workers *workers_open(const struct workers_plan *plan, struct err *e);

/*
 * Memory for the next job, of job_bytes: zeros at first, later as an earlier
 * job left it.  Waits for the oldest job when no slot is free.  NULL when
 * done() failed.
 */
void *workers_slot(struct workers *w, struct err *e);

/* Submit the job in the slot that workers_slot() returned last. */
void workers_submit(struct workers *w);

/* Wait until all submitted jobs are done.  0, or -1 when done() failed. */
int workers_wait(struct workers *w, struct err *e);

/* Drop unfinished jobs, join the threads, wipe and free all slots. */
void workers_close(struct workers **w);

#endif
