/*
 * t_oracle - after every event the kernel does what the oracle says.
 *
 * Needs root: it makes a network namespace of its own.  SEED and STEPS in the
 * environment repeat a run or make it longer.
 */
#include "kube-proxy-mini/netlink.h"
#include "kube-proxy-mini/test/readback.h"
#include "kube-proxy-mini/test/world.h"

#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define TEXT_MAX    ((size_t)16 << 20)
#define MODEL_BYTES ((size_t)64 << 20)

struct run {
	struct world world;
	struct model *model;
	struct apply *apply;
	int fd; /* for reading back */
	struct buf want, got;
};

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);
	uint64_t v;

	return text && str_u64(str_of(text), 1, UINT64_MAX, &v) == 0
		       ? v
		       : otherwise;
}

/* The first line in which they differ. */
static void show_difference(struct run *r)
{
	const char *a = buf_cstr(&r->want), *b = buf_cstr(&r->got);

	while (*a && *a == *b) {
		a++;
		b++;
	}
	while (a > r->want.p && a[-1] != '\n') {
		a--;
		b--;
	}
	print_message("oracle: %.*s\nkernel: %.*s\n", (int)strcspn(a, "\n"), a,
		(int)strcspn(b, "\n"), b);
}

static void check(struct run *r, uint64_t step)
{
	struct err e = {0};

	buf_reset(&r->want);
	buf_reset(&r->got);
	world_text(&r->world, &r->want);
	if (readback_text(r->fd, APPLY_TABLE, &r->got, &e) < 0)
		fail_msg("step %llu: %s", (unsigned long long)step, e.text);
	if (str_eq(buf_view(&r->want), buf_view(&r->got)))
		return;
	show_difference(r);
	fail_msg("step %llu differs", (unsigned long long)step);
}

static void restart(struct run *r)
{
	struct err e = {0};

	apply_close(r->apply);
	model_free(r->model);
	r->model = model_make(MODEL_BYTES);
	r->apply = apply_open(&r->world.env, &e);
	if (!r->model || !r->apply)
		fail_msg("%s", e.text);
	world_list(&r->world, r->model);
}

static void take_env(struct run *r, const struct env *before)
{
	if (memcmp(before, &r->world.env, sizeof(*before)) != 0)
		apply_set_env(r->apply, &r->world.env);
}

static void sync_now(struct run *r, uint64_t step)
{
	struct err e = {0};

	if (apply_sync(r->apply, r->model, &e) < 0)
		fail_msg("step %llu: %s", (unsigned long long)step, e.text);
	assert_false(model_is_dirty(r->model));
	/* a change refused would have replaced the table in silence */
	assert_int_equal(apply_stats(r->apply).failures, 0);
}

/* Everything listed again, nothing changed: nothing is sent. */
static void check_quiet(struct run *r, uint64_t step)
{
	uint32_t before = 0, after = 1;
	struct err e = {0};

	if (netlink_generation(r->fd, &before, &e) < 0)
		fail_msg("%s", e.text);
	world_list(&r->world, r->model);
	assert_false(model_is_dirty(r->model));
	sync_now(r, step);
	if (netlink_generation(r->fd, &after, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(before, after);
}

static void run_steps(struct run *r, uint64_t steps)
{
	static struct env before;

	for (uint64_t i = 0; i < steps; i++) {
		uint32_t burst = 1 + world_random(&r->world, 3);

		before = r->world.env;
		while (burst--)
			world_step(&r->world, r->model);
		take_env(r, &before);
		if (world_random(&r->world, 300) == 0)
			restart(r);
		sync_now(r, i);
		check(r, i);
		if (i % 50 == 0)
			check_quiet(r, i);
	}
}

static int open_run(struct run *r, uint64_t seed)
{
	struct err e = {0};
	uint32_t port;

	world_make(&r->world, seed);
	r->want = buf_growing(TEXT_MAX);
	r->got = buf_growing(TEXT_MAX);
	if (netlink_open(&r->fd, &port, &e) < 0) {
		print_message("%s\n", e.text);
		return -1;
	}
	restart(r);
	return 0;
}

static void close_run(struct run *r)
{
	apply_close(r->apply);
	model_free(r->model);
	buf_free(&r->want);
	buf_free(&r->got);
	close(r->fd);
}

static void test_random_events(void **state)
{
	uint64_t seed = from_environment("SEED", 20251123);
	uint64_t steps = from_environment("STEPS", 1500);
	static struct run r;

	(void)state;
	if (unshare(CLONE_NEWNET) < 0) {
		print_message("no network namespace: %s\n", strerror(errno));
		skip();
	}
	assert_int_equal(open_run(&r, seed), 0);
	print_message("SEED=%llu STEPS=%llu\n", (unsigned long long)seed,
		(unsigned long long)steps);
	run_steps(&r, steps);
	close_run(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
