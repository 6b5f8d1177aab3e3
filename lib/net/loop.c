/*
 * loop - epoll, a sorted list of timers and a signalfd.
 *
 * Events are taken from the kernel in a batch.  Removing a watch also removes
 * it from the batch, so a callback may remove and free any other watch.  Not
 * thread-safe: every daemon of ours has one thread.
 */
#include "lib/net/loop.h"

#include "lib/base/clock.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

uint64_t loop_now_ms(void)
{
	return clock_monotonic_ns() / 1000000;
}

int loop_open(struct loop *l, struct err *e)
{
	memset(l, 0, sizeof(*l));
	l->signal_fd = -1;
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll_fd < 0)
		return err_sys(e, "epoll_create1");
	return 0;
}

void loop_close(struct loop *l)
{
	if (l->signal_fd >= 0)
		close(l->signal_fd);
	if (l->epoll_fd >= 0)
		close(l->epoll_fd);
	l->signal_fd = l->epoll_fd = -1;
}

void loop_stop(struct loop *l)
{
	l->is_stopping = true;
}

/* --- descriptors --------------------------------------------------- */

int loop_fd_add(struct loop *l, struct loop_fd *w, struct err *e)
{
	struct epoll_event event = {.events = w->events, .data.ptr = w};

	if (epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, w->fd, &event) < 0)
		return err_sys(e, "epoll_ctl: add descriptor %d", w->fd);
	return 0;
}

void loop_fd_change(struct loop *l, struct loop_fd *w, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = w};

	if (w->events == events)
		return;
	w->events = events;
	epoll_ctl(l->epoll_fd, EPOLL_CTL_MOD, w->fd, &event);
}

void loop_fd_remove(struct loop *l, struct loop_fd *w)
{
	for (int i = 0; i < l->batch_count; i++)
		if (l->batch[i] == w)
			l->batch[i] = NULL;
	epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, w->fd, NULL);
}

/* --- timers -------------------------------------------------------- */

void loop_timer_set(struct loop *l, struct loop_timer *t, uint64_t in_ms)
{
	struct loop_timer **at = &l->timers;

	loop_timer_clear(l, t);
	t->at_ms = loop_now_ms() + in_ms;
	t->is_set = true;
	while (*at != NULL && (*at)->at_ms <= t->at_ms)
		at = &(*at)->next;
	t->next = *at;
	*at = t;
}

void loop_timer_clear(struct loop *l, struct loop_timer *t)
{
	struct loop_timer **at = &l->timers;

	if (!t->is_set)
		return;
	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	t->is_set = false;
}

static void expire_timers(struct loop *l, uint64_t now)
{
	while (l->timers != NULL && l->timers->at_ms <= now) {
		struct loop_timer *t = l->timers;

		loop_timer_clear(l, t);
		t->expired(t->context);
	}
}

/* How long epoll may sleep: until the next timer, at most wait_ms. */
static int sleep_ms(const struct loop *l, int wait_ms)
{
	uint64_t now = loop_now_ms(), left;

	if (l->timers == NULL)
		return wait_ms;
	left = l->timers->at_ms > now ? l->timers->at_ms - now : 0;
	if (left > INT32_MAX)
		left = INT32_MAX;
	return wait_ms >= 0 && (uint64_t)wait_ms < left ? wait_ms : (int)left;
}

/* --- signals ------------------------------------------------------- */

static void on_signal(void *context, uint32_t events)
{
	struct loop *l = context;
	struct signalfd_siginfo info;

	(void)events;
	if (read(l->signal_fd, &info, sizeof(info)) != sizeof(info))
		return;
	for (size_t i = 0; i < l->signal_count; i++)
		if (l->signal[i].number == (int)info.ssi_signo)
			l->signal[i].arrived(
				l->signal[i].context, l->signal[i].number);
}

static sigset_t signal_set(const struct loop *l)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < l->signal_count; i++)
		sigaddset(&set, l->signal[i].number);
	return set;
}

/* Set the signalfd to the current set; watch it once it exists. */
static int open_signals(struct loop *l, struct err *e)
{
	sigset_t set = signal_set(l);
	bool is_new = l->signal_fd < 0;

	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return err_sys(e, "block signals");
	l->signal_fd = signalfd(l->signal_fd, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (l->signal_fd < 0)
		return err_sys(e, "signalfd");
	if (!is_new)
		return 0;
	l->signal_watch = (struct loop_fd){
		.fd = l->signal_fd,
		.events = EPOLLIN,
		.ready = on_signal,
		.context = l,
	};
	return loop_fd_add(l, &l->signal_watch, e);
}

int loop_signal_add(struct loop *l, int number,
	void (*arrived)(void *context, int number), void *context,
	struct err *e)
{
	if (l->signal_count == LOOP_SIGNALS_MAX)
		return err_set(
			e, "loop: more than %d signals", LOOP_SIGNALS_MAX);
	l->signal[l->signal_count++] = (struct loop_signal){
		.number = number,
		.arrived = arrived,
		.context = context,
	};
	return open_signals(l, e);
}

void loop_signals_restore(const struct loop *l)
{
	sigset_t set = signal_set(l);

	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

/* --- delivery ------------------------------------------------------- */

/* Take a batch of what is ready from the kernel, and hand it out: how many. */
static int deliver_batch(struct loop *l, int wait_ms, struct err *e)
{
	struct epoll_event events[LOOP_BATCH];
	int n = epoll_wait(l->epoll_fd, events, LOOP_BATCH, wait_ms);

	if (n < 0 && errno != EINTR)
		return err_sys(e, "epoll_wait");
	l->woke_ns = clock_monotonic_ns();
	l->batch_count = n < 0 ? 0 : n;
	for (int i = 0; i < l->batch_count; i++) {
		l->batch[i] = events[i].data.ptr;
		l->batch_events[i] = events[i].events;
	}
	for (int i = 0; i < n; i++) {
		struct loop_fd *w = l->batch[i];

		if (w != NULL && !l->is_stopping)
			w->ready(w->context, l->batch_events[i]);
	}
	l->batch_count = 0;
	return n < 0 ? 0 : n;
}

/*
 * What came before a timer is due is delivered before it, however busy the
 * process is: a deadline is for peers, not for us.
 */
static int deliver_due(struct loop *l, struct err *e)
{
	uint64_t now = loop_now_ms();

	if (l->timers == NULL || l->timers->at_ms > now)
		return 0;
	for (int i = 0; i < LOOP_BATCHES_MAX && !l->is_stopping; i++) {
		int n = deliver_batch(l, 0, e);

		if (n < 0)
			return -1;
		if (n < LOOP_BATCH)
			break;
	}
	if (!l->is_stopping)
		expire_timers(l, now);
	return 0;
}

int loop_step(struct loop *l, int wait_ms, struct err *e)
{
	if (deliver_batch(l, sleep_ms(l, wait_ms), e) < 0)
		return -1;
	return l->is_stopping ? 0 : deliver_due(l, e);
}

int loop_run(struct loop *l, struct err *e)
{
	while (!l->is_stopping)
		if (loop_step(l, -1, e) < 0)
			return -1;
	return 0;
}
