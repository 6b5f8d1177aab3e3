/*
 * crew - a few threads that work at jobs while their giver goes on.
 *
 * For work on a stream that one processor is too slow for, and that falls
 * into blocks which do not depend on each other: the giver fills a job and
 * gives it, any hand works at it, and the giver gets the jobs back in the
 * order in which they were given.
 *
 * All calls are the giver's and come from one thread.  Hands get no signals,
 * start when the first job is given, and are no more than the processors this
 * process may use.  Where there is one processor, or a thread can't be had,
 * the giver does the work itself: slower, and otherwise the same.
 */
#ifndef KEELSON_BASE_CREW_H
#define KEELSON_BASE_CREW_H

#include "lib/base/err.h"

#include <stddef.h>

/* Hands at most, however many processors there are. */
#define CREW_HANDS_MAX 6

struct crew_plan {
	size_t job_bytes;
	/*
	 * In a hand's thread, 0 <= hand < CREW_HANDS_MAX: two that run at the
	 * same time differ in it, so each can have tools of its own.
	 */
	void (*work)(void *self, void *job, unsigned hand);
	/* In the giver's thread, job after job. -1 is handed to the giver. */
	int (*done)(void *self, void *job, struct err *e);
	void *self; /* the caller's */
};

struct crew; /* owned by whoever opened it */

/* NULL: out of memory. Nothing runs yet. */
struct crew *crew_open(const struct crew_plan *plan, struct err *e);

/*
 * Room for the next job, job_bytes large: as the job that was there before
 * left it, zeros at first.  Waits for an earlier job when there is none free.
 * NULL when done() failed.
 */
void *crew_room(struct crew *c, struct err *e);

/* Give the job whose room crew_room() returned last. */
void crew_give(struct crew *c);

/* All jobs given are done. 0, or -1 when done() failed. */
int crew_wait(struct crew *c, struct err *e);

/* Jobs not done are dropped, once their hands are free; rooms are wiped. */
void crew_close(struct crew **c);

#endif
