/*
 * loop - an event loop for one thread: descriptors, timers and signals.
 *
 * Watches are embedded in the caller's structures, which own them; the loop
 * allocates nothing.  A callback may add and remove any watch, including its
 * own, and may free a watch after removing it: events of a removed watch are
 * never delivered.  Times are milliseconds of CLOCK_MONOTONIC.
 * Limits: LOOP_SIGNALS_MAX signals.
 */
#ifndef KEELSON_NET_LOOP_H
#define KEELSON_NET_LOOP_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stdint.h>

#define LOOP_BATCH       64 /* events taken from the kernel at once */
#define LOOP_BATCHES_MAX 16 /* handled before timers that are due */
#define LOOP_SIGNALS_MAX 8  /* signals with a callback */

struct loop;

/* Level-triggered readiness of a descriptor. */
struct loop_fd {
	int fd;
	uint32_t events; /* EPOLLIN, EPOLLOUT, EPOLLRDHUP */
	void (*ready)(void *context, uint32_t events);
	void *context;
};

/* Expires once; the callback may set it again. */
struct loop_timer {
	void (*expired)(void *context);
	void *context;
	uint64_t at_ms;
	bool is_set;
	struct loop_timer *next;
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
	uint64_t woke_ns;          /* when the current events arrived */
	struct loop_timer *timers; /* soonest first */
	struct loop_signal signal[LOOP_SIGNALS_MAX];
	size_t signal_count;
	struct loop_fd signal_watch;
	struct loop_fd *batch[LOOP_BATCH]; /* events still to be delivered */
	uint32_t batch_events[LOOP_BATCH];
	int batch_count;
};

/* The loop must not move in memory while it is open. 0 or -1. */
int loop_open(struct loop *l, struct err *e);
void loop_close(struct loop *l);

/* Deliver events until loop_stop(). 0, or -1 if epoll_wait(2) fails. */
int loop_run(struct loop *l, struct err *e);

/* Deliver what is ready, waiting at most wait_ms (-1: without limit). */
int loop_step(struct loop *l, int wait_ms, struct err *e);

/* Make loop_run() return after the current callback. */
void loop_stop(struct loop *l);

/* Watch w->fd, which stays the caller's; all members must be set. */
int loop_fd_add(struct loop *l, struct loop_fd *w, struct err *e);

/* Change the events; 0 leaves EPOLLERR and EPOLLHUP only. */
void loop_fd_change(struct loop *l, struct loop_fd *w, uint32_t events);

/* Call it before closing the descriptor.  No effect if it is not watched. */
void loop_fd_remove(struct loop *l, struct loop_fd *w);

/* Set it, or set it anew, to expire in in_ms milliseconds. */
void loop_timer_set(struct loop *l, struct loop_timer *t, uint64_t in_ms);
void loop_timer_clear(struct loop *l, struct loop_timer *t);

/* Block the signal for the process and deliver it through the loop. */
int loop_signal_add(struct loop *l, int number,
	void (*arrived)(void *context, int number), void *context,
	struct err *e);

/* In a forked child: unblock the signals that loop_signal_add() blocked. */
void loop_signals_restore(const struct loop *l);

/* The clock of the timers: CLOCK_MONOTONIC, in milliseconds. */
uint64_t loop_now_ms(void);

#endif
