/*
 * metrics: see metrics.h.  Each metric is a head (help and type) and lines;
 * the small writers at the top keep to the exposition format.
 */
#include "kube-proxy-mini/metrics.h"
#include "kube-proxy-mini/process.h"

#include <inttypes.h>

#define FIRST_BOUND_S 0.001
#define PREFIX        "kubeproxy_sync_"

static const char *const families[] = {"IPv4", "IPv6"};

static double first_bound(const struct metrics_histogram *h)
{
	return h->first_bound_s > 0 ? h->first_bound_s : FIRST_BOUND_S;
}

void metrics_observe(struct metrics_histogram *h, double seconds)
{
	double bound = first_bound(h);
	size_t i = 0;

	for (; i < METRICS_BUCKETS && seconds > bound; i++)
		bound *= 2;
	h->in_bucket[i]++;
	h->count++;
	h->sum += seconds;
}

void metrics_count_code(struct metrics *m, unsigned int status)
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
	metrics_observe(&m->sync, seconds);
	metrics_observe(was_full ? &m->sync_full : &m->sync_partial, seconds);
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

static void put_buckets(struct buf *b, const char *name, const char *family,
	const struct metrics_histogram *h)
{
	double bound = first_bound(h);
	uint64_t below = 0;

	for (size_t i = 0; i < METRICS_BUCKETS; i++, bound *= 2) {
		below += h->in_bucket[i];
		buf_fmt(b,
			"%s_bucket{ip_family=\"%s\",le=\"%g\"} %" PRIu64 "\n",
			name, family, bound, below);
	}
	buf_fmt(b, "%s_bucket{ip_family=\"%s\",le=\"+Inf\"} %" PRIu64 "\n",
		name, family, h->count);
	buf_fmt(b, "%s_sum{ip_family=\"%s\"} %.9g\n", name, family, h->sum);
	buf_fmt(b, "%s_count{ip_family=\"%s\"} %" PRIu64 "\n", name, family,
		h->count);
}

static void put_histogram(struct buf *b, const char *name, const char *help,
	const struct metrics_histogram *h)
{
	put_head(b, name, "histogram", help);
	for (size_t f = 0; f < MODEL_FAMILIES; f++)
		put_buckets(b, name, families[f], h);
}

/* ------------------------------------------------------------------- parts */

/* Ours, which no family divides. */
static void put_change(struct buf *b, const struct metrics_histogram *h)
{
	const char *name = "kube_proxy_mini_change_duration_seconds";
	double bound = first_bound(h);
	uint64_t below = 0;

	put_head(b, name, "histogram",
		"From a change heard of to its rules in the kernel");
	for (size_t i = 0; i < METRICS_BUCKETS; i++, bound *= 2) {
		below += h->in_bucket[i];
		buf_fmt(b, "%s_bucket{le=\"%g\"} %" PRIu64 "\n", name, bound,
			below);
	}
	buf_fmt(b, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", name, h->count);
	buf_fmt(b, "%s_sum %.9g\n%s_count %" PRIu64 "\n", name, h->sum, name,
		h->count);
}

static void put_syncs(struct buf *b, const struct metrics *m)
{
	put_histogram(b, PREFIX "proxy_rules_duration_seconds",
		"SyncProxyRules latency in seconds", &m->sync);
	put_histogram(b, PREFIX "full_proxy_rules_duration_seconds",
		"SyncProxyRules latency in seconds for full resyncs",
		&m->sync_full);
	put_histogram(b, PREFIX "partial_proxy_rules_duration_seconds",
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

static void put_requests(
	struct buf *b, const struct metrics *m, const struct metrics_now *now)
{
	const char *name = "rest_client_requests_total";
	const char *left = "kube_proxy_mini_objects_left_out_total";

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
	put_whole(b, "kube_proxy_mini_relists_total", "counter",
		"Lists asked for again because a version had expired",
		m->n_relists);
	put_head(b, left, "counter", "API objects that were not taken in");
	buf_fmt(b, "%s{reason=\"too_large\"} %" PRIu64 "\n", left,
		m->n_too_large);
	buf_fmt(b, "%s{reason=\"refused\"} %" PRIu64 "\n", left, m->n_refused);
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
	put_build(out, now->version);
	put_process(out);
}
