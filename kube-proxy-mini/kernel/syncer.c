/*
 * syncer - one timer: a request sets it, for at once or for when the last
 * write is min_sync_ms ago, and a failure sets it for the next try.  What
 * comes while it is set goes with the same write.
 */
#include "kube-proxy-mini/kernel/syncer.h"
#include "kube-proxy-mini/model/entries.h"
#include "kube-proxy-mini/model/model.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <stdio.h>
#include <sys/epoll.h>

#define RETRY_FIRST_MS 100
#define RETRY_LAST_MS  30000
#define MS_BYTES       24
#define NS_PER_MS      UINT64_C(1000000)

static void put_ms(char text[MS_BYTES], uint64_t ns)
{
	snprintf(text, MS_BYTES, "%.3f", (double)ns / 1e6);
}

/*
 * ms: planning and writing; kernel_ms: of that, the kernel's part; age_ms:
 * since the oldest change in it was received.
 */
static void log_done(const struct syncer *s, const struct syncer_done *done)
{
	const struct stats *now = done->stats;
	char services[24], operations[24];
	char ms[MS_BYTES], kernel_ms[MS_BYTES], age_ms[MS_BYTES];
	enum log_level level = done->is_first ? LOG_INFO : LOG_DEBUG;

	if (!log_wants(level))
		return;
	snprintf(services, sizeof(services), "%zu",
		model_count(s->model).services);
	snprintf(operations, sizeof(operations), "%llu",
		(unsigned long long)now->operations);
	put_ms(ms, now->plan_ns + now->send_ns);
	put_ms(kernel_ms, now->send_ns);
	put_ms(age_ms, done->age_ns);
	log_event(level, "rules written", "services", services, "operations",
		operations, "ms", ms, "kernel_ms", kernel_ms, "age_ms", age_ms,
		NULL);
}

static void note_synced(struct syncer *s, bool was_full)
{
	struct syncer_done done = {
		.stats = apply_stats(s->apply),
		.was_full = was_full,
		.is_empty = !was_full && apply_stats(s->apply)->operations == 0,
		.is_first = !s->has_synced,
	};

	if (s->pending_ns != 0)
		done.age_ns = clock_monotonic_ns() - s->pending_ns;
	backoff_reset(&s->retry);
	s->pending_ns = 0;
	s->has_synced = true;
	if (!done.is_empty)
		log_done(s, &done);
	s->synced(s->context, &done);
}

static void clean_flows(void *context)
{
	struct syncer *s = context;
	uint64_t due = apply_clean_flows(s->apply);
	uint64_t now = clock_monotonic_ns();

	if (due == UINT64_MAX)
		loop_timer_clear(s->loop, &s->flows);
	else
		loop_timer_set(s->loop, &s->flows,
			due > now ? (due - now) / NS_PER_MS + 1 : 0);
}

static void write_now(void *context)
{
	struct syncer *s = context;
	uint64_t full_before = apply_stats(s->apply)->full_syncs;
	struct err e = {0};

	s->last_ms = loop_now_ms();
	if (apply_sync(s->apply, s->model, &e) == 0) {
		note_synced(s, apply_stats(s->apply)->full_syncs > full_before);
		if (model_is_dirty(s->model)) /* the rest of a large change */
			loop_timer_set(s->loop, &s->timer, 0);
		clean_flows(s);
		return;
	}
	log_event(LOG_ERROR, "rules not written", "why", e.text, NULL);
	loop_timer_set(s->loop, &s->timer, backoff_next(&s->retry, 0));
}

void syncer_arm(struct syncer *s)
{
	s->is_armed = true;
}

void syncer_request(struct syncer *s)
{
	uint64_t now = loop_now_ms(), due = 0;

	if (!s->is_armed)
		return;
	if (!model_is_dirty(s->model) && !apply_is_due(s->apply) &&
		s->has_synced)
		return;
	s->pending(s->context);
	if (s->pending_ns == 0)
		s->pending_ns = s->loop->woke_ns;
	if (s->timer.is_set)
		return;
	if (s->has_synced)
		due = s->last_ms + s->min_sync_ms;
	loop_timer_set(s->loop, &s->timer, due > now ? due - now : 0);
}

/* The guard's timer: did anybody change our tables? */
static void look_for_changes(void *context, uint32_t events)
{
	struct syncer *s = context;
	struct err e = {0};
	int got = apply_listen(s->apply, s->model, &e);

	(void)events;
	/* others that write all the time are no fault: we look again */
	if (got < 0)
		log_event(e.kind == ERR_BUSY ? LOG_DEBUG : LOG_WARN,
			"cannot see changes to nftables", "why", e.text, NULL);
	if (got > 0 && s->has_synced)
		log_event(LOG_WARN,
			"our table was changed by somebody else, repairing",
			NULL);
	syncer_request(s);
}

int syncer_open(struct syncer *s, struct err *e)
{
	s->retry = (struct backoff){
		.first_ms = RETRY_FIRST_MS, .last_ms = RETRY_LAST_MS};
	s->timer = (struct loop_timer){.expired = write_now, .context = s};
	s->flows = (struct loop_timer){.expired = clean_flows, .context = s};
	s->watch = (struct loop_fd){
		.fd = apply_fd(s->apply),
		.events = EPOLLIN,
		.ready = look_for_changes,
		.context = s,
	};
	return loop_fd_add(s->loop, &s->watch, e);
}

void syncer_close(struct syncer *s)
{
	if (s->loop == NULL)
		return;
	loop_timer_clear(s->loop, &s->timer);
	loop_timer_clear(s->loop, &s->flows);
	loop_fd_remove(s->loop, &s->watch);
}
