/*
 * crew - see crew.h.
 *
 * Jobs lie in a ring.  Three counters run along it and never back: jobs given,
 * jobs begun by a hand, jobs done; done <= begun <= given <= done + rooms.
 * `given` and `begun` are shared and change under the lock, and so do the
 * marks of jobs that a hand is through with; `done` is the giver's alone.
 */
#include "lib/base/crew.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* So no hand waits for the giver, who fills one and waits for the oldest. */
#define ROOMS_MORE  4
#define ROOMS_MAX   (CREW_HANDS_MAX + ROOMS_MORE)
#define STACK_BYTES (256 * 1024)
#define ALIGNMENT   64

struct crew {
	struct crew_plan plan;
	unsigned char *jobs; /* owned */
	size_t job_bytes;    /* rounded up */
	unsigned rooms;
	bool is_started;
	unsigned hands; /* threads that run */
	pthread_t thread[CREW_HANDS_MAX];
	pthread_mutex_t lock;
	pthread_cond_t was_given;
	pthread_cond_t was_worked;
	size_t given;
	size_t begun;
	size_t done;
	bool is_worked[ROOMS_MAX];
	bool is_over;
};

struct hand {
	struct crew *crew;
	unsigned number;
};

static unsigned char *job_of(struct crew *c, size_t number)
{
	return c->jobs + number % c->rooms * c->job_bytes;
}

static unsigned count_processors(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set)
							     : 1;

	return n < CREW_HANDS_MAX ? (unsigned)n : CREW_HANDS_MAX;
}

struct crew *crew_open(const struct crew_plan *plan, struct err *e)
{
	struct crew *c = calloc(1, sizeof(*c));

	if (c) {
		c->plan = *plan;
		c->job_bytes = (plan->job_bytes + ALIGNMENT - 1) / ALIGNMENT *
			       ALIGNMENT;
		c->rooms = count_processors() + ROOMS_MORE;
		c->jobs = calloc(c->rooms, c->job_bytes);
	}
	if (!c || !c->jobs) {
		free(c);
		err_kind(e, ERR_LIMIT, "out of memory");
		return NULL;
	}
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->was_given, NULL);
	pthread_cond_init(&c->was_worked, NULL);
	return c;
}

/* ---- a hand ------------------------------------------------------------- */

/* Wait for a job and begin it; false when the crew is over. */
static bool begin(struct crew *c, size_t *number)
{
	bool has_job;

	pthread_mutex_lock(&c->lock);
	while (c->begun == c->given && !c->is_over)
		pthread_cond_wait(&c->was_given, &c->lock);
	has_job = !c->is_over;
	if (has_job)
		*number = c->begun++;
	pthread_mutex_unlock(&c->lock);
	return has_job;
}

static void mark_worked(struct crew *c, size_t number)
{
	pthread_mutex_lock(&c->lock);
	c->is_worked[number % c->rooms] = true;
	pthread_cond_signal(&c->was_worked);
	pthread_mutex_unlock(&c->lock);
}

static void *lend_hand(void *arg)
{
	struct hand hand = *(struct hand *)arg;
	struct crew *c = hand.crew;
	size_t number;

	free(arg);
	while (begin(c, &number)) {
		c->plan.work(c->plan.self, job_of(c, number), hand.number);
		mark_worked(c, number);
	}
	return NULL;
}

static bool add_hand(struct crew *c, const pthread_attr_t *attributes)
{
	struct hand *hand = malloc(sizeof(*hand));

	if (!hand)
		return false;
	*hand = (struct hand){c, c->hands};
	if (pthread_create(&c->thread[c->hands], attributes, lend_hand, hand) !=
		0) {
		free(hand);
		return false;
	}
	c->hands++;
	return true;
}

/* Signals are the giver's: a thread inherits a mask in which all are. */
static void start_hands(struct crew *c)
{
	unsigned wanted = count_processors();
	pthread_attr_t attributes;
	sigset_t all;
	sigset_t before;

	c->is_started = true;
	if (wanted < 2)
		return;
	sigfillset(&all);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (c->hands < wanted && add_hand(c, &attributes))
		continue;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
}

/* ---- the giver ---------------------------------------------------------- */

static int finish_one(struct crew *c, struct err *e)
{
	size_t number = c->done++;
	bool *is_worked = &c->is_worked[number % c->rooms];

	pthread_mutex_lock(&c->lock);
	while (!*is_worked)
		pthread_cond_wait(&c->was_worked, &c->lock);
	*is_worked = false;
	pthread_mutex_unlock(&c->lock);
	return c->plan.done(c->plan.self, job_of(c, number), e);
}

void *crew_room(struct crew *c, struct err *e)
{
	if (c->given - c->done == c->rooms && finish_one(c, e) < 0)
		return NULL;
	return job_of(c, c->given);
}

void crew_give(struct crew *c)
{
	size_t number;

	if (!c->is_started)
		start_hands(c);
	pthread_mutex_lock(&c->lock);
	number = c->given++;
	pthread_cond_signal(&c->was_given);
	pthread_mutex_unlock(&c->lock);
	if (c->hands)
		return;
	c->begun++;
	c->plan.work(c->plan.self, job_of(c, number), 0);
	c->is_worked[number % c->rooms] = true;
}

int crew_wait(struct crew *c, struct err *e)
{
	while (c->done < c->given)
		if (finish_one(c, e) < 0)
			return -1;
	return 0;
}

void crew_close(struct crew **crew)
{
	struct crew *c = *crew;

	*crew = NULL;
	if (!c)
		return;
	pthread_mutex_lock(&c->lock);
	c->is_over = true;
	pthread_cond_broadcast(&c->was_given);
	pthread_mutex_unlock(&c->lock);
	while (c->hands)
		pthread_join(c->thread[--c->hands], NULL);
	pthread_cond_destroy(&c->was_given);
	pthread_cond_destroy(&c->was_worked);
	pthread_mutex_destroy(&c->lock);
	explicit_bzero(c->jobs, c->rooms * c->job_bytes);
	free(c->jobs);
	free(c);
}
