/*
 * metrics: see metrics.h.  Each metric is a head (help and type) and lines;
 * the small writers at the top keep to the exposition format.
 */
#include "kube-proxy-mini/metrics.h"
#include "kube-proxy-mini/process.h"
#include "lib/net/url.h"

#include <inttypes.h>
#include <stdio.h>

#define PREFIX "kubeproxy_sync_"

static const char *const families[] = {"IPv4", "IPv6"};

static double sync_bound(size_t bucket)
{
	return 0.001 * (double)(1u << bucket);
}

static double change_bound(size_t bucket)
{
	return 0.00001 * (double)(1u << bucket);
}

static double request_bound(size_t bucket)
{
	static const double bounds[] = {
		0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60};

	return bounds[bucket];
}

/* kube-proxy's buckets, and our own for what is faster here. */
static const struct histogram_kind syncs = {sync_bound, 15};
static const struct histogram_kind changes = {change_bound, 15};
static const struct histogram_kind requests = {request_bound, 12};

void metrics_note_latency(struct metrics *m, double seconds)
{
	histogram_observe(&m->change, &changes, seconds);
}

static void count_code(struct metrics *m, unsigned int status)
{
	size_t i = 0;

	while (i < m->n_codes && m->codes[i].status != status)
		i++;
	if (i == METRICS_CODES_MAX)
		return;
	if (i == m->n_codes)
		m->codes[m->n_codes++] = (struct metrics_code){status, 0};
	m->codes[i].count++;
}

void metrics_count_request(
	struct metrics *m, unsigned int status, double seconds)
{
	count_code(m, status);
	if (status != 0)
		histogram_observe(&m->request, &requests, seconds);
}

void metrics_note_change(
	struct metrics *m, enum model_kind kind, int64_t wall_ns)
{
	m->changes[kind]++;
	m->pending[kind]++;
	m->queued_ns = wall_ns;
}

void metrics_note_sync(
	struct metrics *m, double seconds, bool was_full, int64_t wall_ns)
{
	histogram_observe(&m->sync, &syncs, seconds);
	histogram_observe(
		was_full ? &m->sync_full : &m->sync_partial, &syncs, seconds);
	latency_note_sync(&m->latency, wall_ns);
	m->synced_ns = wall_ns;
	for (size_t kind = 0; kind < MODEL_KINDS; kind++)
		m->pending[kind] = 0;
}

/* ----------------------------------------------------------------- writers */

static void put_head(
	struct buf *b, const char *name, const char *type, const char *help)
{
	buf_fmt(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_whole(struct buf *b, const char *name, const char *type,
	const char *help, uint64_t value)
{
	put_head(b, name, type, help);
	buf_fmt(b, "%s %" PRIu64 "\n", name, value);
}

static void put_real(struct buf *b, const char *name, const char *type,
	const char *help, double value)
{
	put_head(b, name, type, help);
	buf_fmt(b, "%s %.15g\n", name, value);
}

/* The same value for each family. */
static void put_both(struct buf *b, const char *name, const char *type,
	const char *help, double value)
{
	put_head(b, name, type, help);
	for (size_t f = 0; f < MODEL_FAMILIES; f++)
		buf_fmt(b, "%s{ip_family=\"%s\"} %.15g\n", name, families[f],
			value);
}

/* How long writes took: both families are written at once. */
static void put_sync(struct buf *b, const char *name, const char *help,
	const struct histogram *h)
{
	put_head(b, name, "histogram", help);
	histogram_write(h, &syncs, name, "ip_family=\"IPv4\"", b);
	histogram_write(h, &syncs, name, "ip_family=\"IPv6\"", b);
}

/* ------------------------------------------------------------------- parts */

/* Ours, which no family divides. */
static void put_change(struct buf *b, const struct histogram *h)
{
	const char *name = "kube_proxy_mini_change_duration_seconds";

	put_head(b, name, "histogram",
		"From a change heard of to its rules in the kernel");
	histogram_write(h, &changes, name, "", b);
}

static void put_syncs(struct buf *b, const struct metrics *m)
{
	put_sync(b, PREFIX "proxy_rules_duration_seconds",
		"SyncProxyRules latency in seconds", &m->sync);
	put_sync(b, PREFIX "full_proxy_rules_duration_seconds",
		"SyncProxyRules latency in seconds for full resyncs",
		&m->sync_full);
	put_sync(b, PREFIX "partial_proxy_rules_duration_seconds",
		"SyncProxyRules latency in seconds for partial resyncs",
		&m->sync_partial);
	put_change(b, &m->change);
	put_both(b, PREFIX "proxy_rules_last_timestamp_seconds", "gauge",
		"The last time proxy rules were successfully synced",
		(double)m->synced_ns / 1e9);
	put_both(b, PREFIX "proxy_rules_last_queued_timestamp_seconds", "gauge",
		"The last time a sync of proxy rules was queued",
		(double)m->queued_ns / 1e9);
}

static void put_changes(struct buf *b, const struct metrics *m)
{
	put_both(b, PREFIX "proxy_rules_endpoint_changes_total", "counter",
		"Cumulative proxy rules Endpoint changes",
		(double)m->changes[MODEL_SLICES]);
	put_both(b, PREFIX "proxy_rules_endpoint_changes_pending", "gauge",
		"Pending proxy rules Endpoint changes",
		(double)m->pending[MODEL_SLICES]);
	put_both(b, PREFIX "proxy_rules_service_changes_total", "counter",
		"Cumulative proxy rules Service changes",
		(double)m->changes[MODEL_SERVICES]);
	put_both(b, PREFIX "proxy_rules_service_changes_pending", "gauge",
		"Pending proxy rules Service changes",
		(double)m->pending[MODEL_SERVICES]);
}

static void put_rules(struct buf *b, const struct metrics_now *now)
{
	const char *name = PREFIX "proxy_rules_no_local_endpoints_total";

	put_head(b, name, "gauge",
		"Number of services with a Local traffic policy and no local "
		"endpoints");
	for (size_t f = 0; f < MODEL_FAMILIES; f++) {
		buf_fmt(b,
			"%s{ip_family=\"%s\",traffic_policy=\"internal\"} "
			"%" PRIu64 "\n",
			name, families[f], now->apply.no_local_internal);
		buf_fmt(b,
			"%s{ip_family=\"%s\",traffic_policy=\"external\"} "
			"%" PRIu64 "\n",
			name, families[f], now->apply.no_local_external);
	}
	put_both(b, PREFIX "proxy_rules_nftables_sync_failures_total",
		"counter", "Cumulative proxy nftables sync failures",
		(double)now->apply.failures);
	put_whole(b, "kube_proxy_mini_nftables_repairs_total", "counter",
		"Times that others' changes to our table were undone",
		now->apply.repairs);
	put_whole(b, "kube_proxy_mini_services_left_out_total", "counter",
		"Times that a Service was too large, or the kernel refused it",
		now->apply.services_left_out);
	put_whole(b, "kube_proxy_mini_endpoints_left_out", "gauge",
		"Endpoints beyond what one port of a Service can have",
		now->apply.endpoints_left_out);
	put_whole(b, "kube_proxy_mini_nftables_rules", "gauge",
		"Rules in our tables", now->apply.rules);
	put_whole(b, "kube_proxy_mini_nftables_chains", "gauge",
		"Chains in our tables", now->apply.chains);
	put_whole(b, "kube_proxy_mini_flows_deleted_total", "counter",
		"Stale UDP flows that were forgotten",
		now->apply.flows_deleted);
	put_whole(b, "kube_proxy_mini_services", "gauge", "Services known",
		now->model.services);
	put_whole(b, "kube_proxy_mini_endpoints", "gauge", "Endpoints known",
		now->model.endpoints);
}

/* How soon the API server answered. */
static void put_request_times(
	struct buf *b, const struct metrics *m, const char *host)
{
	const char *name = "rest_client_request_duration_seconds";
	char labels[URL_AUTHORITY_BYTES + 32];

	snprintf(labels, sizeof(labels), "host=\"%s\",verb=\"GET\"", host);
	put_head(b, name, "histogram",
		"Request latency in seconds. Broken down by verb, and host.");
	histogram_write(&m->request, &requests, name, labels, b);
}

static void put_requests(
	struct buf *b, const struct metrics *m, const struct metrics_now *now)
{
	const char *name = "rest_client_requests_total";

	put_head(b, name, "counter",
		"Number of HTTP requests, partitioned by status code, method, "
		"and host");
	for (size_t i = 0; i < m->n_codes; i++) {
		buf_fmt(b, "%s{code=\"", name);
		if (m->codes[i].status == 0)
			buf_text(b, "<error>");
		else
			buf_fmt(b, "%u", m->codes[i].status);
		buf_fmt(b, "\",host=\"%s\",method=\"GET\"} %" PRIu64 "\n",
			now->host, m->codes[i].count);
	}
	put_request_times(b, m, now->host);
}

static void put_objects(struct buf *b, const struct metrics *m)
{
	const char *left = "kube_proxy_mini_objects_left_out_total";

	put_whole(b, "kube_proxy_mini_relists_total", "counter",
		"Lists asked for again because a version had expired",
		m->n_relists);
	put_head(b, left, "counter", "API objects that were not taken in");
	buf_fmt(b, "%s{reason=\"too_large\"} %" PRIu64 "\n", left,
		m->n_too_large);
	buf_fmt(b, "%s{reason=\"refused\"} %" PRIu64 "\n", left, m->n_refused);
}

static void put_answers(struct buf *b, const char *name, const char *help,
	const struct serve_counts *n)
{
	put_head(b, name, "counter", help);
	buf_fmt(b, "%s{code=\"200\"} %" PRIu64 "\n", name, n->good);
	buf_fmt(b, "%s{code=\"503\"} %" PRIu64 "\n", name, n->bad);
}

static void put_build(struct buf *b, const char *version)
{
	put_head(b, "kubernetes_build_info", "gauge",
		"A metric with a constant '1' value labeled by what was "
		"built");
	buf_fmt(b,
		"kubernetes_build_info{git_version=\"%s\","
		"program=\"kube-proxy-mini\"} 1\n",
		version);
}

static void put_process(struct buf *b)
{
	struct process_facts p = process_read();

	put_real(b, "process_cpu_seconds_total", "counter",
		"Total user and system CPU time spent in seconds", p.cpu_s);
	put_whole(b, "process_open_fds", "gauge",
		"Number of open file descriptors", p.open_fds);
	put_whole(b, "process_max_fds", "gauge",
		"Maximum number of open file descriptors", p.max_fds);
	put_whole(b, "process_resident_memory_bytes", "gauge",
		"Resident memory size in bytes", p.resident_bytes);
	put_whole(b, "process_virtual_memory_bytes", "gauge",
		"Virtual memory size in bytes", p.virtual_bytes);
	put_real(b, "process_virtual_memory_max_bytes", "gauge",
		"Maximum amount of virtual memory available in bytes",
		p.max_virtual_bytes);
	put_real(b, "process_start_time_seconds", "gauge",
		"Start time of the process since unix epoch in seconds",
		p.start_s);
}

void metrics_write(
	const struct metrics *m, const struct metrics_now *now, struct buf *out)
{
	put_syncs(out, m);
	latency_write(&m->latency, out);
	put_changes(out, m);
	put_rules(out, now);
	put_requests(out, m, now);
	put_objects(out, m);
	put_answers(out, "kubeproxy_proxy_healthz_total",
		"Cumulative proxy healthz HTTP status", &now->healthz);
	put_answers(out, "kubeproxy_proxy_livez_total",
		"Cumulative proxy livez HTTP status", &now->livez);
	put_build(out, now->version);
	put_process(out);
}
