/*
 * report - copies plain data from the rooms that do the work to the ones that
 * show it, and the other way round answers what the metrics ask for.
 */
#include "kube-proxy-mini/report.h"

#include "kube-proxy-mini/status/metrics_text.h"
#include "kube-proxy-mini/status/process.h"
#include "lib/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Health and metrics. */

void report_start(struct report *r, const struct config *c)
{
	process_note_start();
	r->config = c;
	r->metrics.latency.start_ns = clock_wall_ns();
	r->health.is_node_eligible = true;
	for (size_t f = 0; f < MODEL_FAMILIES; f++)
		r->health.has_family[f] = c->env.has_family[f];
}

void report_answered(struct report *r, unsigned int status, uint64_t after_ms)
{
	metrics_count_request(&r->metrics, status, (double)after_ms / 1000);
}

void report_changed(struct report *r, enum model_kind kind)
{
	metrics_note_change(&r->metrics, kind, clock_wall_ns());
}

void report_triggered(struct report *r, struct str time)
{
	latency_note_change(&r->metrics.latency, time);
}

void report_addresses(
	struct report *r, const struct model_ip *list, size_t n, size_t over)
{
	r->addresses_over = over;
	healthports_set_addresses(&r->healthports, list, n);
}

void report_node(struct report *r, bool is_eligible)
{
	r->health.is_node_eligible = is_eligible;
}

void report_pending(struct report *r)
{
	health_note_pending(&r->health, loop_now_ms());
}

static struct metrics_rules rules_of(const struct stats *s)
{
	struct metrics_rules rules = {
		.failures = s->failures,
		.repairs = s->repairs,
		.services_left_out = s->services_left_out,
		.flows_deleted = s->flows_deleted,
		.endpoints_left_out = s->endpoints_left_out,
		.affinity_rounded = s->affinity_rounded,
		.rules = s->rules,
		.chains = s->chains,
	};

	memcpy(rules.no_local_internal, s->no_local_internal,
		sizeof(rules.no_local_internal));
	memcpy(rules.no_local_external, s->no_local_external,
		sizeof(rules.no_local_external));
	return rules;
}

static void put_metrics(void *context, struct buf *out)
{
	const struct report *r = context;
	struct model_counts model = model_count(r->model);
	char host[URL_AUTHORITY_BYTES];
	struct metrics_now now = {
		.rules = rules_of(apply_stats(r->apply)),
		.objects =
			{
				.too_large = r->counts.too_large,
				.refused = r->counts.refused,
				.odd_values = r->counts.odd_values,
				.relists = r->counts.relists,
				.services = model.services,
				.endpoints = model.endpoints,
			},
		.excess = {r->addresses_over, r->healthports.n_over},
		.healthz = r->serve.healthz,
		.livez = r->serve.livez,
		.version = r->version,
		.host = url_authority(
			&r->server->kube->server, host, sizeof(host)),
	};

	metrics_write(&r->metrics, &now, out);
}

/* Health check ports of Services. */

struct health_list {
	struct healthports_service *service; /* NULL while they are counted */
	size_t n;
};

static struct healthports_service health_service(
	const struct stats_health *from)
{
	struct healthports_service s = {
		.name = from->service, .port = from->port};

	for (size_t f = 0; f < MODEL_FAMILIES; f++) {
		s.has_family[f] = from->families[f].is_served;
		s.local_endpoints[f] = from->families[f].local_endpoints;
	}
	return s;
}

static void add_service(void *context, const struct stats_health *from)
{
	struct health_list *list = context;

	if (list->service != NULL)
		list->service[list->n] = health_service(from);
	list->n++;
}

static void update_healthports(struct report *r, const struct stats *s)
{
	struct health_list list = {NULL, 0};

	if (s->health_changes == r->seen_health_changes)
		return;
	stats_each_health(r->model, add_service, &list);
	list.service = calloc(list.n + 1, sizeof(*list.service));
	if (list.service == NULL)
		return; /* the next write tries again */
	list.n = 0;
	stats_each_health(r->model, add_service, &list);
	healthports_set(&r->healthports, list.service, list.n);
	free(list.service);
	r->seen_health_changes = s->health_changes;
}

static void note_write(
	struct report *r, const struct syncer_done *done, int64_t now_ns)
{
	const struct stats *s = done->stats;

	if (done->age_ns != 0 && !done->is_first)
		metrics_note_change_written(
			&r->metrics, (double)done->age_ns / 1e9);
	metrics_note_sync(&r->metrics, (double)(s->plan_ns + s->send_ns) / 1e9,
		done->was_full, now_ns);
}

void report_synced(struct report *r, const struct syncer_done *done)
{
	const struct stats *s = done->stats;
	int64_t now_ns = clock_wall_ns();

	if (done->is_empty)
		metrics_note_nothing(&r->metrics, now_ns);
	else
		note_write(r, done, now_ns);
	health_note_updated(&r->health, now_ns);
	update_healthports(r, s);
}

/* Events for a port that cannot be served: ours, or a Service's. */

static void warn_of_port(struct report *r, struct events_one *one,
	uint16_t port, const char *why)
{
	one->wall_ns = clock_wall_ns();
	snprintf(one->note, sizeof(one->note),
		"node %s failed to serve health checks on port %u: %.700s",
		r->config->env.node_name, (unsigned int)port, why);
	events_warn(&r->events, one);
}

static void warn_of_own_port(void *context, uint16_t port, const char *why)
{
	struct report *r = context;
	struct events_one one = {
		.kind = "Node", .reason = "FailedToStartProxierHealthcheck"};

	snprintf(one.name, sizeof(one.name), "%s", r->config->env.node_name);
	warn_of_port(r, &one, port, why);
}

static void warn_of_service_port(
	void *context, const char *service, uint16_t port, const char *why)
{
	struct events_one one = {
		.kind = "Service", .reason = "FailedToStartServiceHealthcheck"};
	struct str name = str_of(service), ns;

	str_cut(&name, '/', &ns);
	str_copy(ns, one.ns, sizeof(one.ns));
	str_copy(name, one.name, sizeof(one.name));
	warn_of_port(context, &one, port, why);
}

/* Opening and closing. */

static const char *tell_wait(void *context)
{
	const struct report *r = context;

	return r->waits_for(r->context);
}

int report_open(struct report *r, struct err *e)
{
	feed_set_call(r->server, &r->events.call);
	r->events.node_name = r->config->env.node_name;
	if (events_open(&r->events, e) < 0)
		return -1;
	r->healthports.loop = r->loop;
	r->healthports.health = &r->health;
	r->healthports.failed = warn_of_service_port;
	r->healthports.context = r;
	r->serve.loop = r->loop;
	r->serve.config = r->config;
	r->serve.health = &r->health;
	r->serve.put_metrics = put_metrics;
	r->serve.waits_for = tell_wait;
	r->serve.failed = warn_of_own_port;
	r->serve.context = r;
	serve_open(&r->serve);
	return 0;
}

void report_close(struct report *r)
{
	events_close(&r->events);
	healthports_close(&r->healthports);
	serve_close(&r->serve);
}
