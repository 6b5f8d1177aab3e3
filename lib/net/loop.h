/*
 * loop - one thread waits for descriptors, timers, signals and children.
 *
 * Watches live inside the caller's own structures and stay there until they
 * are removed; the loop allocates nothing.  A callback may add and remove any
 * watch, its own too, and may free what holds it after removing it: an event
 * of a removed watch is never delivered.  Times are milliseconds of
 * CLOCK_MONOTONIC.
 */
#ifndef KEELSON_NET_LOOP_H
#define KEELSON_NET_LOOP_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define LOOP_BATCH       64 /* events taken from the kernel at once */
#define LOOP_SIGNALS_MAX 8  /* signals with a callback */

struct loop;

/* Level-triggered readiness of a descriptor. */
struct loop_fd {
	int fd;
	uint32_t events; /* EPOLLIN, EPOLLOUT, EPOLLRDHUP */
	void (*ready)(void *context, uint32_t events);
	void *context;
};

/* Once, at a time; set again from the callback to repeat. */
struct loop_timer {
	void (*expired)(void *context);
	void *context;
	uint64_t at_ms;
	bool is_set;
	struct loop_timer *next;
};

/* A child process, watched through its pidfd and reaped before the call. */
struct loop_child {
	struct loop_fd watch;
	pid_t pid;
	struct loop *loop;
	/* how: status as waitpid(2) gives it */
	void (*exited)(void *context, int status);
	void *context;
};

struct loop_signal {
	int number;
	void (*arrived)(void *context, int number);
	void *context;
};

struct loop {
	int epoll_fd;
	int signal_fd;
	bool is_stopping;
	uint64_t woke_ns;          /* when the present events were heard of */
	struct loop_timer *timers; /* soonest first */
	struct loop_signal signal[LOOP_SIGNALS_MAX];
	size_t signal_count;
	struct loop_fd signal_watch;
	struct loop_fd *batch[LOOP_BATCH]; /* events still to be delivered */
	uint32_t batch_events[LOOP_BATCH];
	int batch_count;
};

/* The loop must not move in memory between these two. */
int loop_open(struct loop *l, struct err *e);
void loop_close(struct loop *l);

/* Deliver until loop_stop(). 0, or -1 when the kernel refuses to wait. */
int loop_run(struct loop *l, struct err *e);

/* Deliver what is there, waiting at most wait_ms (-1: no limit). */
int loop_step(struct loop *l, int wait_ms, struct err *e);

/* loop_run() returns after the present callback. */
void loop_stop(struct loop *l);

/* Fill w->fd, events, ready, context before. The descriptor stays yours. */
int loop_fd_add(struct loop *l, struct loop_fd *w, struct err *e);

/* Ask for other events; 0 keeps the watch but only for EPOLLERR, EPOLLHUP. */
void loop_fd_change(struct loop *l, struct loop_fd *w, uint32_t events);

/* Before the descriptor is closed. Not an error when it is not watched. */
void loop_fd_remove(struct loop *l, struct loop_fd *w);

/* Set or set anew. */
void loop_timer_set(struct loop *l, struct loop_timer *t, uint64_t in_ms);
void loop_timer_clear(struct loop *l, struct loop_timer *t);

/* Block the signal for the process and deliver it here. */
int loop_signal_add(struct loop *l, int number,
	void (*arrived)(void *context, int number), void *context,
	struct err *e);

/* Watch a child of ours. Fill exited and context before. */
int loop_child_add(
	struct loop *l, struct loop_child *c, pid_t pid, struct err *e);
void loop_child_remove(struct loop *l, struct loop_child *c);

/*
 * In a forked child: unblock what loop_signal_add() blocked, so that the
 * child starts with the signals of a fresh process.
 */
void loop_signals_restore(const struct loop *l);

uint64_t loop_now_ms(void);
uint64_t loop_now_ns(void); /* the same clock */

#endif
