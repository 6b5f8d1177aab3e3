/* The loop delivers each thing once, and nothing of what was removed. */
#include "lib/net/loop_child.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct seen {
	struct loop loop;
	char order[32];
	size_t n;
};

static void note(struct seen *s, char c)
{
	if (s->n + 1 < sizeof(s->order))
		s->order[s->n++] = c;
}

struct named_timer {
	struct loop_timer timer;
	struct seen *seen;
	char name;
};

static void on_timer(void *context)
{
	struct named_timer *t = context;

	note(t->seen, t->name);
	if (t->name == 'z')
		loop_stop(&t->seen->loop);
}

static void timers_come_in_the_order_of_time(void **state)
{
	struct seen s = {.n = 0};
	struct named_timer t[] = {
		{.name = 'z'}, {.name = 'a'}, {.name = 'b'}, {.name = 'x'}};
	static const uint64_t in_ms[] = {30, 1, 5, 10};

	(void)state;
	assert_int_equal(loop_open(&s.loop, NULL), 0);
	for (size_t i = 0; i < 4; i++) {
		t[i].seen = &s;
		t[i].timer.expired = on_timer;
		t[i].timer.context = &t[i];
		loop_timer_set(&s.loop, &t[i].timer, in_ms[i]);
	}
	loop_timer_set(&s.loop, &t[1].timer, 8); /* later than b now */
	loop_timer_clear(&s.loop, &t[3].timer);
	loop_timer_clear(&s.loop, &t[3].timer);
	assert_int_equal(loop_run(&s.loop, NULL), 0);
	assert_string_equal(s.order, "baz");
	loop_close(&s.loop);
}

struct end {
	struct loop_fd watch;
	struct end *other;
	struct seen *seen;
};

/* Both ends are ready at once; the first to be told removes the other. */
static void on_ready(void *context, uint32_t events)
{
	struct end *w = context;

	(void)events;
	note(w->seen, 'r');
	loop_fd_remove(&w->seen->loop, &w->other->watch);
	loop_fd_change(&w->seen->loop, &w->watch, 0);
}

static void a_removed_watch_is_never_called(void **state)
{
	struct seen s = {.n = 0};
	struct end a, b;
	int p[2], q[2];

	(void)state;
	assert_int_equal(pipe(p) | pipe(q), 0);
	assert_int_equal(write(p[1], "x", 1) + write(q[1], "x", 1), 2);
	assert_int_equal(loop_open(&s.loop, NULL), 0);
	a = (struct end){{p[0], EPOLLIN, on_ready, &a}, &b, &s};
	b = (struct end){{q[0], EPOLLIN, on_ready, &b}, &a, &s};
	assert_int_equal(loop_fd_add(&s.loop, &a.watch, NULL), 0);
	assert_int_equal(loop_fd_add(&s.loop, &b.watch, NULL), 0);
	assert_int_equal(loop_step(&s.loop, 100, NULL), 0);
	assert_int_equal(loop_step(&s.loop, 1, NULL), 0);
	assert_string_equal(s.order, "r");
	loop_close(&s.loop);
	for (int i = 0; i < 2; i++) {
		close(p[i]);
		close(q[i]);
	}
}

static void on_signal(void *context, int number)
{
	struct seen *s = context;

	note(s, number == SIGUSR1 ? '1' : '2');
	if (number == SIGUSR2)
		loop_stop(&s->loop);
}

static void on_child(void *context, int status)
{
	struct seen *s = context;

	note(s, (char)('0' + WEXITSTATUS(status)));
	loop_stop(&s->loop);
}

static void signals_and_children_arrive(void **state)
{
	struct seen s = {.n = 0};
	struct loop_child child = {.exited = on_child, .context = &s};
	pid_t pid;

	(void)state;
	assert_int_equal(loop_open(&s.loop, NULL), 0);
	assert_int_equal(
		loop_signal_add(&s.loop, SIGUSR1, on_signal, &s, NULL), 0);
	assert_int_equal(
		loop_signal_add(&s.loop, SIGUSR2, on_signal, &s, NULL), 0);
	raise(SIGUSR1);
	raise(SIGUSR2);
	assert_int_equal(loop_run(&s.loop, NULL), 0);
	assert_string_equal(s.order, "12");

	s.loop.is_stopping = false;
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		_exit(7);
	assert_int_equal(loop_child_add(&s.loop, &child, pid, NULL), 0);
	assert_int_equal(loop_run(&s.loop, NULL), 0);
	assert_string_equal(s.order, "127");
	loop_signals_restore(&s.loop);
	loop_close(&s.loop);
}

/* ---- a busy process ------------------------------------------------------ */

struct busy {
	struct loop_fd watch[2];
	struct loop_timer deadline;
	int ends[2][2];
	bool has_read, was_late;
	struct loop *loop;
};

/* Works for longer than the deadline; the peer speaks meanwhile. */
static void on_work(void *context, uint32_t events)
{
	struct busy *b = context;
	char byte;

	(void)events;
	assert_int_equal(read(b->ends[0][0], &byte, 1), 1);
	assert_int_equal(write(b->ends[1][1], "x", 1), 1);
	usleep(30000);
}

static void on_peer(void *context, uint32_t events)
{
	struct busy *b = context;
	char byte;

	(void)events;
	assert_int_equal(read(b->ends[1][0], &byte, 1), 1);
	b->has_read = true;
	loop_timer_clear(b->loop, &b->deadline);
	loop_stop(b->loop);
}

static void on_deadline(void *context)
{
	struct busy *b = context;

	b->was_late = true;
	loop_stop(b->loop);
}

static void what_came_in_time_is_read_before_a_deadline_counts(void **state)
{
	void (*const ready[])(void *, uint32_t) = {on_work, on_peer};
	struct loop l;
	struct busy b = {.loop = &l};

	(void)state;
	assert_int_equal(loop_open(&l, NULL), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pipe(b.ends[i]), 0);
		b.watch[i] = (struct loop_fd){.fd = b.ends[i][0],
			.events = EPOLLIN,
			.ready = ready[i],
			.context = &b};
		assert_int_equal(loop_fd_add(&l, &b.watch[i], NULL), 0);
	}
	b.deadline = (struct loop_timer){.expired = on_deadline, .context = &b};
	loop_timer_set(&l, &b.deadline, 10);
	assert_int_equal(write(b.ends[0][1], "x", 1), 1);
	assert_int_equal(loop_run(&l, NULL), 0);
	assert_true(b.has_read);
	assert_false(b.was_late);
	for (int i = 0; i < 2; i++) {
		loop_fd_remove(&l, &b.watch[i]);
		close(b.ends[i][0]);
		close(b.ends[i][1]);
	}
	loop_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_come_in_the_order_of_time),
		cmocka_unit_test(a_removed_watch_is_never_called),
		cmocka_unit_test(signals_and_children_arrive),
		cmocka_unit_test(
			what_came_in_time_is_read_before_a_deadline_counts),
	};

	return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
