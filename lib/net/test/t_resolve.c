/*
 * Unit tests of lib/net/resolve: one look-up for all who ask, nobody told
 * twice, and what happens when the child is gone.  The name is an address,
 * which any C library looks up within the calls that musl needs.
 */
#include "lib/net/resolve.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define HOST      "127.0.0.1"
#define STEP_MS   100
#define STEPS_MAX 200

static struct loop loop;
static struct resolve names;
static bool is_lost;

struct asker {
	struct resolve_asker base;
	unsigned int answers, addresses;
	struct asker *forgets; /* another one, when this is told */
};

static void on_answer(void *context, const struct resolve_answer *a)
{
	struct asker *one = context;

	one->answers++;
	one->addresses = a->n;
	if (one->forgets != NULL)
		resolve_forget(&names, &one->forgets->base);
}

static void on_lost(void *context)
{
	(void)context;
	is_lost = true;
}

static void ask(struct asker *one)
{
	one->base.answered = on_answer;
	one->base.context = one;
	resolve_ask(&names, &one->base);
}

static int open_for(const char *host)
{
	struct err e = {0};

	names = (struct resolve){.lost = on_lost};
	is_lost = false;
	if (loop_open(&loop, &e) < 0 || resolve_open(&names, host, &e) < 0 ||
		resolve_start(&names, &loop, &e) < 0)
		fail_msg("%s", e.text);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	resolve_close(&names);
	loop_close(&loop);
	return 0;
}

/* Until it was told so often. */
static void wait_for(const unsigned int *count, unsigned int wanted)
{
	for (int i = 0; i < STEPS_MAX && *count < wanted; i++)
		loop_step(&loop, STEP_MS, NULL);
	assert_int_equal(*count, wanted);
}

static void all_who_ask_are_told_once(void **state)
{
	struct asker one = {.answers = 0}, two = one;

	(void)state;
	open_for(HOST);
	ask(&one);
	ask(&two);
	wait_for(&one.answers, 1);
	wait_for(&two.answers, 1);
	assert_true(one.addresses > 0);
	ask(&one);
	wait_for(&one.answers, 2);
	assert_int_equal(two.answers, 1);
}

static void who_forgets_is_not_told(void **state)
{
	struct asker one = {.answers = 0}, two = one, three = one;

	(void)state;
	open_for(HOST);
	ask(&one);
	ask(&two);
	ask(&three);
	resolve_forget(&names, &two.base);
	one.forgets = &three; /* whichever is told first */
	three.forgets = &one;
	for (int i = 0; i < STEPS_MAX && one.answers + three.answers == 0; i++)
		loop_step(&loop, STEP_MS, NULL);
	assert_int_equal(one.answers + three.answers, 1);
	assert_int_equal(two.answers, 0);
}

static void a_name_that_is_none_has_a_reason(void **state)
{
	struct resolve_answer answer;

	(void)state;
	resolve_now("..", &answer);
	assert_int_equal(answer.n, 0);
	assert_true(answer.reason[0] != '\0');
	open_for(HOST);
}

static bool status_has(const char *line)
{
	char path[64], text[256];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)names.pid);
	f = fopen(path, "re");
	while (f && fgets(text, sizeof(text), f))
		found |= strcmp(text, line) == 0;
	if (f)
		fclose(f);
	return found;
}

/* Once it has answered it has given up what it had. */
static void the_child_has_no_power(void **state)
{
	struct asker one = {.answers = 0};

	(void)state;
	open_for(HOST);
	ask(&one);
	wait_for(&one.answers, 1);
	assert_true(status_has("CapPrm:\t0000000000000000\n"));
	assert_true(status_has("NoNewPrivs:\t1\n"));
	if (geteuid() != 0)
		return;
	assert_true(status_has("Uid:\t65534\t65534\t65534\t65534\n"));
	assert_true(status_has("Gid:\t65534\t65534\t65534\t65534\n"));
	assert_true(status_has("Groups:\t \n"));
}

static void the_end_of_the_child_is_told(void **state)
{
	(void)state;
	open_for(HOST);
	kill(names.pid, SIGKILL);
	for (int i = 0; i < STEPS_MAX && !is_lost; i++)
		loop_step(&loop, STEP_MS, NULL);
	assert_true(is_lost);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(all_who_ask_are_told_once, close_all),
		cmocka_unit_test_teardown(who_forgets_is_not_told, close_all),
		cmocka_unit_test_teardown(
			a_name_that_is_none_has_a_reason, close_all),
		cmocka_unit_test_teardown(the_child_has_no_power, close_all),
		cmocka_unit_test_teardown(
			the_end_of_the_child_is_told, close_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
