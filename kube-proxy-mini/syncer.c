/* syncer: see syncer.h. */
#include "kube-proxy-mini/syncer.h"
#include "kube-proxy-mini/serve.h"
#include "lib/base/log.h"

#include <stdio.h>
#include <sys/epoll.h>

#define RETRY_FIRST_MS 100
#define RETRY_LAST_MS  30000
#define MS_BYTES       24

static void put_ms(char text[MS_BYTES], uint64_t ns)
{
	snprintf(text, MS_BYTES, "%.3f", (double)ns / 1e6);
}

/*
 * ms: to plan and write; kernel_ms: of that, until the kernel's answer;
 * age_ms: since the first change among these was received.
 */
static void log_synced(
	const struct syncer *s, const struct apply_stats *now, uint64_t age_ns)
{
	struct model_counts n = model_count(s->model);
	char services[24], operations[24];
	char ms[MS_BYTES], kernel_ms[MS_BYTES], age_ms[MS_BYTES];
	enum log_level level = s->has_synced ? LOG_DEBUG : LOG_INFO;

	if (!log_wants(level))
		return;
	snprintf(services, sizeof(services), "%zu", n.services);
	snprintf(operations, sizeof(operations), "%llu",
		(unsigned long long)now->operations);
	put_ms(ms, now->plan_ns + now->send_ns);
	put_ms(kernel_ms, now->send_ns);
	put_ms(age_ms, age_ns);
	log_event(level, "rules written", "services", services, "operations",
		operations, "ms", ms, "kernel_ms", kernel_ms, "age_ms", age_ms,
		NULL);
}

static void note_synced(struct syncer *s, uint64_t full_before)
{
	struct apply_stats now = apply_stats(s->apply);
	uint64_t age_ns = s->pending_ns ? loop_now_ns() - s->pending_ns : 0;

	backoff_reset(&s->retry);
	if (s->pending_ns != 0 && s->has_synced)
		metrics_note_latency(s->metrics, (double)age_ns / 1e9);
	s->pending_ns = 0;
	log_synced(s, &now, age_ns);
	s->has_synced = true;
	metrics_note_sync(s->metrics, (double)(now.plan_ns + now.send_ns) / 1e9,
		now.full_syncs > full_before, serve_wall_ns());
	health_note_updated(s->health, serve_wall_ns());
	if (s->synced != NULL)
		s->synced(s->context);
}

static void on_timer(void *context)
{
	struct syncer *s = context;
	uint64_t full_before = apply_stats(s->apply).full_syncs;
	struct err e = {0};

	s->last_ms = loop_now_ms();
	if (apply_sync(s->apply, s->model, &e) == 0) {
		note_synced(s, full_before);
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
	health_note_pending(s->health, now);
	if (s->pending_ns == 0)
		s->pending_ns = s->loop->woke_ns;
	if (s->timer.is_set)
		return;
	if (s->has_synced)
		due = s->last_ms + s->min_sync_ms;
	loop_timer_set(s->loop, &s->timer, due > now ? due - now : 0);
}

/* Somebody changed nftables: was it our table? */
static void on_foreign(void *context, uint32_t events)
{
	struct syncer *s = context;
	struct err e = {0};
	int got = apply_listen(s->apply, s->model, &e);

	(void)events;
	if (got < 0)
		log_event(LOG_WARN, "cannot hear of changes to nftables", "why",
			e.text, NULL);
	if (got > 0 && s->has_synced) {
		log_event(LOG_WARN,
			"our table was changed by somebody else, repairing",
			NULL);
		syncer_request(s);
	}
}

int syncer_open(struct syncer *s, struct err *e)
{
	s->retry = (struct backoff){
		.first_ms = RETRY_FIRST_MS, .last_ms = RETRY_LAST_MS};
	s->timer = (struct loop_timer){.expired = on_timer, .context = s};
	s->watch = (struct loop_fd){
		.fd = apply_fd(s->apply),
		.events = EPOLLIN,
		.ready = on_foreign,
		.context = s,
	};
	return loop_fd_add(s->loop, &s->watch, e);
}

void syncer_close(struct syncer *s)
{
	if (s->loop == NULL)
		return;
	loop_timer_clear(s->loop, &s->timer);
	loop_fd_remove(s->loop, &s->watch);
}
