/*
 * workers - jobs are slots of a ring.
 *
 * Three counters run along it and never back: jobs submitted, jobs begun by a
 * worker, jobs done; done <= begun <= submitted <= done + slots.  `submitted`
 * and `begun` are shared and change under the lock, as do the marks of jobs
 * that a worker has finished; `done` belongs to the caller.
 */
#include "lib/base/workers.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Enough that no worker waits while the caller fills one slot. */
#define SLOTS_MORE  4
#define SLOTS_MAX   (WORKERS_MAX + SLOTS_MORE)
#define STACK_BYTES (256 * 1024)
#define ALIGNMENT   64

struct workers {
	struct workers_plan plan;
	unsigned char *jobs; /* owned */
	size_t job_bytes;    /* rounded up */
	unsigned slots;
	bool is_started;
	unsigned n; /* threads that run */
	pthread_t thread[WORKERS_MAX];
	pthread_mutex_t lock;
	pthread_cond_t was_submitted;
	pthread_cond_t was_finished;
	size_t submitted;
	size_t begun;
	size_t done;
	bool is_finished[SLOTS_MAX];
	bool is_over;
};

struct worker {
	struct workers *pool;
	unsigned number;
};

static unsigned char *job_of(struct workers *w, size_t number)
{
	return w->jobs + number % w->slots * w->job_bytes;
}

static unsigned count_processors(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set)
							     : 1;

	return n < WORKERS_MAX ? (unsigned)n : WORKERS_MAX;
}

struct workers *workers_open(const struct workers_plan *plan, struct err *e)
{
	struct workers *w = calloc(1, sizeof(*w));

	if (w) {
		w->plan = *plan;
		w->job_bytes = (plan->job_bytes + ALIGNMENT - 1) / ALIGNMENT *
			       ALIGNMENT;
		w->slots = count_processors() + SLOTS_MORE;
		w->jobs = calloc(w->slots, w->job_bytes);
	}
	if (!w || !w->jobs) {
		free(w);
		err_kind(e, ERR_LIMIT, "out of memory");
		return NULL;
	}
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->was_submitted, NULL);
	pthread_cond_init(&w->was_finished, NULL);
	return w;
}

/* ---- a worker ----------------------------------------------------------- */

/* Wait for a job and begin it; false when the pool is closed. */
static bool begin_job(struct workers *w, size_t *number)
{
	bool has_job;

	pthread_mutex_lock(&w->lock);
	while (w->begun == w->submitted && !w->is_over)
		pthread_cond_wait(&w->was_submitted, &w->lock);
	has_job = !w->is_over;
	if (has_job)
		*number = w->begun++;
	pthread_mutex_unlock(&w->lock);
	return has_job;
}

static void mark_finished(struct workers *w, size_t number)
{
	pthread_mutex_lock(&w->lock);
	w->is_finished[number % w->slots] = true;
	pthread_cond_signal(&w->was_finished);
	pthread_mutex_unlock(&w->lock);
}

static void *run_worker(void *arg)
{
	struct worker self = *(struct worker *)arg;
	struct workers *w = self.pool;
	size_t number;

	free(arg);
	while (begin_job(w, &number)) {
		w->plan.work(w->plan.self, job_of(w, number), self.number);
		mark_finished(w, number);
	}
	return NULL;
}

static bool add_worker(struct workers *w, const pthread_attr_t *attributes)
{
	struct worker *self = malloc(sizeof(*self));

	if (!self)
		return false;
	*self = (struct worker){w, w->n};
	if (pthread_create(&w->thread[w->n], attributes, run_worker, self) !=
		0) {
		free(self);
		return false;
	}
	w->n++;
	return true;
}

/* Signals stay the caller's: threads inherit a mask that blocks all. */
static void start_workers(struct workers *w)
{
	unsigned wanted = count_processors();
	pthread_attr_t attributes;
	sigset_t all;
	sigset_t before;

	w->is_started = true;
	if (wanted < 2)
		return;
	sigfillset(&all);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (w->n < wanted && add_worker(w, &attributes))
		continue;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
}

/* ---- the caller --------------------------------------------------------- */

static int finish_one(struct workers *w, struct err *e)
{
	size_t number = w->done++;
	bool *is_finished = &w->is_finished[number % w->slots];

	pthread_mutex_lock(&w->lock);
	while (!*is_finished)
		pthread_cond_wait(&w->was_finished, &w->lock);
	*is_finished = false;
	pthread_mutex_unlock(&w->lock);
	return w->plan.done(w->plan.self, job_of(w, number), e);
}

void *workers_slot(struct workers *w, struct err *e)
{
	if (w->submitted - w->done == w->slots && finish_one(w, e) < 0)
		return NULL;
	return job_of(w, w->submitted);
}

void workers_submit(struct workers *w)
{
	size_t number;

	if (!w->is_started)
		start_workers(w);
	pthread_mutex_lock(&w->lock);
	number = w->submitted++;
	pthread_cond_signal(&w->was_submitted);
	pthread_mutex_unlock(&w->lock);
	if (w->n)
		return;
	w->begun++;
	w->plan.work(w->plan.self, job_of(w, number), 0);
	w->is_finished[number % w->slots] = true;
}

int workers_wait(struct workers *w, struct err *e)
{
	while (w->done < w->submitted)
		if (finish_one(w, e) < 0)
			return -1;
	return 0;
}

void workers_close(struct workers **pool)
{
	struct workers *w = *pool;

	*pool = NULL;
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->is_over = true;
	pthread_cond_broadcast(&w->was_submitted);
	pthread_mutex_unlock(&w->lock);
	while (w->n)
		pthread_join(w->thread[--w->n], NULL);
	pthread_cond_destroy(&w->was_submitted);
	pthread_cond_destroy(&w->was_finished);
	pthread_mutex_destroy(&w->lock);
	explicit_bzero(w->jobs, w->slots * w->job_bytes);
	free(w->jobs);
	free(w);
}
