/*
 * t_sends - the kernel takes any one of our messages not at all: in the end
 * the rules are right all the same, and nobody is said to have changed them.
 *
 * The functions that send on a socket are replaced by ones that fail the n-th
 * time, for every n that a course of events has.  Needs root: it makes a
 * network namespace of its own.
 */
#include "kube-proxy-mini/kernel/apply.h"
#include "kube-proxy-mini/kernel/cleanup.h"
#include "kube-proxy-mini/kernel/lookup.h"
#include "kube-proxy-mini/kernel/netlink.h"
#include "kube-proxy-mini/model/entries.h"
#include "kube-proxy-mini/model/model.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cmocka.h>

static unsigned int sends, failing; /* the one that fails; 0: none */

/* Takes the place of libc's: the kernel's rules are written with it alone. */
ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
	if (++sends == failing) {
		errno = ENOBUFS;
		return -1;
	}
	return syscall(SYS_sendmsg, fd, m, flags);
}

/* The guard looks a hundred times as often. */
int timerfd_settime(int fd, int flags, const struct itimerspec *new_value,
	struct itimerspec *old_value)
{
	struct itimerspec soon = {{0, 10000000}, {0, 10000000}};

	(void)new_value;
	return (int)syscall(SYS_timerfd_settime, fd, flags, &soon, old_value);
}

static struct model *model;
static struct apply *apply;
static struct env env;

static void put(const char *name, uint8_t host)
{
	const struct model_ip ip = {.family = MODEL_V4, .b = {10, 0, 0, host}};
	const struct model_port port = {
		.name = STR("http"), .proto = MODEL_TCP, .port = 80};
	const struct model_service s = {.ns = STR("ns"),
		.name = str_of(name),
		.cluster_ips = &ip,
		.n_cluster_ips = 1,
		.ports = &port,
		.n_ports = 1};

	assert_int_equal(model_put_service(model, &s, NULL), 0);
}

/* As the syncer does: write until it worked, and look once a second. */
static void settle_down(void)
{
	struct err e = {0};
	int done = -1;

	for (int i = 0; i < 5 && done < 0; i++)
		done = apply_sync(apply, model, &e);
	if (done < 0)
		fail_msg("send %u: %s", failing, e.text);
}

static void look(void)
{
	uint64_t before = apply_stats(apply)->repairs;
	struct err e = {0};

	for (int i = 0; i < 5; i++) {
		struct pollfd tick = {.fd = apply_fd(apply), .events = POLLIN};

		assert_int_equal(poll(&tick, 1, 10000), 1);
		assert_true(apply_listen(apply, model, &e) <= 0);
		settle_down();
	}
	assert_int_equal(apply_stats(apply)->repairs, before);
}

/* The address of a Service in our table: 1 it is there, 0 it is not. */
static int has(const char *table, uint8_t host)
{
	struct elem el = {.set = RULESET_SERVICES,
		.proto = MODEL_TCP,
		.port = 80,
		.ip = {10, 0, 0, host}};
	int fd = -1, r;

	assert_int_equal(netlink_open(&fd, NULL), 0);
	r = lookup_one(fd, table, &el, NULL);
	close(fd);
	return r;
}

static int has_table(const char *table)
{
	int fd = -1, r;

	assert_int_equal(netlink_open(&fd, NULL), 0);
	r = lookup_table(fd, table, MODEL_V4, NULL);
	close(fd);
	return r;
}

/* Over the table of an earlier process; a change; another environment. */
static void run_course(void)
{
	put("one", 1);
	settle_down();
	put("two", 2);
	model_delete_service(model, STR("ns"), STR("one"));
	settle_down();
	env.masquerade_all = !env.masquerade_all;
	apply_set_env(apply, &env);
	put("three", 3);
	settle_down();
	model_delete_service(model, STR("ns"), STR("two"));
	settle_down();
}

static void open_both(void)
{
	struct err e = {0};

	env = env_default();
	model = model_make((size_t)1 << 20);
	apply = apply_open(&env, &e);
	if (!apply)
		fail_msg("%s", e.text);
}

static void close_both(void)
{
	apply_close(apply);
	model_free(model);
}

/* The table that an earlier process left. */
static void leave_table(void)
{
	open_both();
	put("old", 9);
	settle_down();
	close_both();
}

/* One course in which that send fails: was there such a send? */
static bool fail_one(unsigned int which)
{
	bool is_reached;

	leave_table();
	open_both(); /* a failure there ends the program */
	sends = 0;
	failing = which;
	run_course();
	look();
	is_reached = sends >= failing;
	failing = 0;
	look();
	assert_int_equal(has(RULESET_TABLE, 3), 1);
	assert_int_equal(has(RULESET_TABLE, 1), 0);
	assert_int_equal(has(RULESET_TABLE, 2), 0);
	assert_int_equal(has(RULESET_TABLE, 9), 0);
	if (has_table(RULESET_STAND_IN_TABLE) != 0)
		fail_msg("send %u: the stand-in serves for ever", which);
	close_both();
	assert_int_equal(cleanup_ours(NULL), 0);
	return is_reached;
}

static void every_send_fails_once(void **state)
{
	unsigned int n = 1;

	(void)state;
	if (geteuid() != 0 || unshare(CLONE_NEWNET) < 0)
		skip();
	while (fail_one(n))
		assert_in_range(++n, 1, 200);
	print_message("# %u sends\n", n - 1);
	assert_true(n > 10);
}

/* A sync without changes says so: nothing is counted as written. */
static void a_sync_of_nothing_reports_nothing(void **state)
{
	const struct stats *s;

	(void)state;
	if (geteuid() != 0 || unshare(CLONE_NEWNET) < 0)
		skip();
	open_both();
	put("one", 1);
	settle_down();
	s = apply_stats(apply);
	assert_true(s->operations > 0);
	settle_down();
	assert_int_equal(s->operations, 0);
	assert_int_equal(s->send_ns, 0);
	assert_int_equal(s->bytes, 0);
	model_touch_all(model);
	settle_down();
	assert_int_equal(s->operations, 0);
	assert_int_equal(s->send_ns, 0);
	close_both();
	assert_int_equal(cleanup_ours(NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_send_fails_once),
		cmocka_unit_test(a_sync_of_nothing_reports_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
