/* Unit tests of lib/base/workers: order, errors, ends, and a single processor.
 */
#include "lib/base/workers.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define JOBS 5000

struct job {
	unsigned number;
	unsigned worker;
	uint32_t answer;
};

struct tally {
	atomic_uint busy[WORKERS_MAX]; /* workers at work by number */
	atomic_uint clashes;
	atomic_uint worked;
	unsigned done;
	unsigned fails_at; /* 0: never */
};

/* Longer for some jobs, so that later ones are ready before. */
static uint32_t answer_of(unsigned number)
{
	uint32_t x = number;

	for (unsigned i = 0; i < 50 + number % 7 * 1000; i++)
		x = x * 1664525u + 1013904223u;
	return x;
}

static void work(void *self, void *job, unsigned worker)
{
	struct tally *t = self;
	struct job *j = job;

	if (atomic_fetch_add(&t->busy[worker % WORKERS_MAX], 1) != 0)
		atomic_fetch_add(&t->clashes, 1);
	j->worker = worker;
	j->answer = answer_of(j->number);
	atomic_fetch_add(&t->worked, 1);
	atomic_fetch_sub(&t->busy[worker % WORKERS_MAX], 1);
}

static int done(void *self, void *job, struct err *e)
{
	struct tally *t = self;
	struct job *j = job;

	assert_int_equal(t->clashes, 0);
	assert_in_range(j->worker, 0, WORKERS_MAX - 1);
	assert_int_equal(j->number, t->done);
	assert_int_equal(j->answer, answer_of(j->number));
	t->done++;
	if (t->fails_at && t->done == t->fails_at)
		return err_set(e, "job %u failed", t->done);
	return 0;
}

static struct workers *make(struct tally *t)
{
	const struct workers_plan plan = {sizeof(struct job), work, done, t};
	struct workers *c = workers_open(&plan, NULL);

	assert_non_null(c);
	return c;
}

static int submit(struct workers *c, unsigned number, struct err *e)
{
	struct job *j = workers_slot(c, e);

	if (!j)
		return -1;
	j->number = number;
	workers_submit(c);
	return 0;
}

static void run_all(void)
{
	struct tally t = {0};
	struct workers *c = make(&t);
	unsigned number = 0;

	while (number < JOBS) {
		assert_int_equal(submit(c, number, NULL), 0);
		number++;
		/* now and then everything must be done in between */
		if (number % 1000 == 0) {
			assert_int_equal(workers_wait(c, NULL), 0);
			assert_int_equal(t.done, number);
		}
	}
	assert_int_equal(workers_wait(c, NULL), 0);
	assert_int_equal(t.done, JOBS);
	workers_close(&c);
	assert_null(c);
}

static void jobs_come_back_in_their_order(void **state)
{
	(void)state;
	run_all();
}

static void one_processor_is_enough(void **state)
{
	cpu_set_t all;
	cpu_set_t one;
	size_t cpu = 0;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	while (!CPU_ISSET(cpu, &all))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	run_all();
	assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
}

static void failure_reaches_the_caller(void **state)
{
	struct tally t = {.fails_at = 20};
	struct workers *c = make(&t);
	struct err e = {0};
	unsigned number = 0;

	(void)state;
	while (number < JOBS && submit(c, number, &e) == 0)
		number++;
	assert_in_range(number, 20, 20 + 2 * WORKERS_MAX);
	assert_string_equal(e.text, "job 20 failed");
	workers_close(&c);
	assert_int_equal(t.done, 20);
}

static void it_can_end_at_any_time(void **state)
{
	(void)state;
	for (unsigned jobs = 0; jobs < 12; jobs++) {
		struct tally t = {0};
		struct workers *c = make(&t);

		for (unsigned i = 0; i < jobs; i++)
			submit(c, i, NULL);
		workers_close(&c);
		assert_in_range(t.worked, t.done, jobs);
		workers_close(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jobs_come_back_in_their_order),
		cmocka_unit_test(one_processor_is_enough),
		cmocka_unit_test(failure_reaches_the_caller),
		cmocka_unit_test(it_can_end_at_any_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
