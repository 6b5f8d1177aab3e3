/*
 * metrics_text - each metric is a head (help and type) and lines of samples;
 * the small writers come first, then one function for each group of metrics.
 */
#include "kube-proxy-mini/status/metrics_text.h"

#include "kube-proxy-mini/status/process.h"
#include "lib/net/prometheus.h"
#include "lib/net/url.h"

#include <inttypes.h>
#include <stdio.h>

#define PREFIX "kubeproxy_sync_"

#ifdef __clang__
#define COMPILER "clang"
#else
#define COMPILER "gcc"
#endif

/* As GOARCH names it. */
#if defined(__x86_64__)
#define MACHINE "amd64"
#elif defined(__aarch64__)
#define MACHINE "arm64"
#else
#define MACHINE "unknown"
#endif

static const char *const families[] = {"IPv4", "IPv6"};

/* ----------------------------------------------------------------- writers */

static void put_real(struct buf *b, const char *name, const char *type,
	const char *help, double value)
{
	prometheus_head(b, name, type, help);
	buf_fmt(b, "%s %.15g\n", name, value);
}

/* The same value for each family. */
static void put_both(struct buf *b, const char *name, const char *type,
	const char *help, double value)
{
	prometheus_head(b, name, type, help);
	for (size_t f = 0; f < MODEL_FAMILIES; f++)
		buf_fmt(b, "%s{ip_family=\"%s\"} %.15g\n", name, families[f],
			value);
}

/* How long writes took: both families are written at once. */
static void put_sync(struct buf *b, const char *name, const char *help,
	const struct histogram *h)
{
	prometheus_head(b, name, "histogram", help);
	histogram_write(h, &metrics_sync_kind, name, "ip_family=\"IPv4\"", b);
	histogram_write(h, &metrics_sync_kind, name, "ip_family=\"IPv6\"", b);
}

/* ------------------------------------------------------------------- parts */

/* Our own, not by family. */
static void put_change(struct buf *b, const struct histogram *h)
{
	const char *name = "kube_proxy_mini_change_duration_seconds";

	prometheus_head(b, name, "histogram",
		"From a change received to its rules in the kernel");
	histogram_write(h, &metrics_change_kind, name, "", b);
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
	prometheus_whole(b, PREFIX "proxy_rules_endpoint_changes_total",
		"counter", "Cumulative proxy rules Endpoint changes",
		m->changes[MODEL_SLICES]);
	prometheus_whole(b, PREFIX "proxy_rules_endpoint_changes_pending",
		"gauge", "Pending proxy rules Endpoint changes",
		m->pending[MODEL_SLICES]);
	prometheus_whole(b, PREFIX "proxy_rules_service_changes_total",
		"counter", "Cumulative proxy rules Service changes",
		m->changes[MODEL_SERVICES]);
	prometheus_whole(b, PREFIX "proxy_rules_service_changes_pending",
		"gauge", "Pending proxy rules Service changes",
		m->pending[MODEL_SERVICES]);
}

static void put_no_local(struct buf *b, const struct metrics_rules *now)
{
	const char *name = PREFIX "proxy_rules_no_local_endpoints_total";

	prometheus_head(b, name, "gauge",
		"Number of services with a Local traffic policy and no local "
		"endpoints");
	for (size_t f = 0; f < MODEL_FAMILIES; f++) {
		buf_fmt(b,
			"%s{ip_family=\"%s\",traffic_policy=\"internal\"} "
			"%" PRIu64 "\n",
			name, families[f], now->no_local_internal[f]);
		buf_fmt(b,
			"%s{ip_family=\"%s\",traffic_policy=\"external\"} "
			"%" PRIu64 "\n",
			name, families[f], now->no_local_external[f]);
	}
}

static void put_rules(struct buf *b, const struct metrics_rules *now)
{
	put_no_local(b, now);
	put_both(b, PREFIX "proxy_rules_nftables_sync_failures_total",
		"counter", "Cumulative proxy nftables sync failures",
		(double)now->failures);
	prometheus_whole(b, "kube_proxy_mini_nftables_repairs_total", "counter",
		"Times that others' changes to our table were undone",
		now->repairs);
	prometheus_whole(b, "kube_proxy_mini_services_left_out_total",
		"counter",
		"Times that a Service was too large, or the kernel refused it",
		now->services_left_out);
	prometheus_whole(b, "kube_proxy_mini_endpoints_left_out", "gauge",
		"Endpoints beyond what one port of a Service can have",
		now->endpoints_left_out);
	prometheus_whole(b, "kube_proxy_mini_affinity_timeouts_rounded",
		"gauge",
		"Services whose affinity timeout is longer than asked for",
		now->affinity_rounded);
	prometheus_whole(b, "kube_proxy_mini_nftables_rules", "gauge",
		"Rules in our tables", now->rules);
	prometheus_whole(b, "kube_proxy_mini_nftables_chains", "gauge",
		"Chains in our tables", now->chains);
	prometheus_whole(b, "kube_proxy_mini_flows_deleted_total", "counter",
		"Stale UDP flows that were forgotten", now->flows_deleted);
}

/* How soon the API server answered. */
static void put_request_times(
	struct buf *b, const struct metrics *m, const char *host)
{
	const char *name = "rest_client_request_duration_seconds";
	char labels[URL_AUTHORITY_BYTES + 32];

	snprintf(labels, sizeof(labels), "host=\"%s\",verb=\"GET\"", host);
	prometheus_head(b, name, "histogram",
		"Request latency in seconds. Broken down by verb, and host.");
	histogram_write(&m->request, &metrics_request_kind, name, labels, b);
}

static void put_requests(
	struct buf *b, const struct metrics *m, const struct metrics_now *now)
{
	const char *name = "rest_client_requests_total";

	prometheus_head(b, name, "counter",
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

static void put_objects(struct buf *b, const struct metrics_objects *now)
{
	const char *left = "kube_proxy_mini_objects_left_out_total";

	prometheus_whole(b, "kube_proxy_mini_services", "gauge",
		"Services known", now->services);
	prometheus_whole(b, "kube_proxy_mini_endpoints", "gauge",
		"Endpoints known", now->endpoints);
	prometheus_whole(b, "kube_proxy_mini_relists_total", "counter",
		"Lists asked for again because a version had expired",
		now->relists);
	prometheus_head(
		b, left, "counter", "API objects that were not taken in");
	buf_fmt(b, "%s{reason=\"too_large\"} %" PRIu64 "\n", left,
		now->too_large);
	buf_fmt(b, "%s{reason=\"refused\"} %" PRIu64 "\n", left, now->refused);
	prometheus_whole(b, "kube_proxy_mini_odd_values_total", "counter",
		"Values in API objects that were not understood or too many",
		now->odd_values);
}

static void put_excess(struct buf *b, const struct metrics_excess *now)
{
	prometheus_whole(b, "kube_proxy_mini_nodeport_addresses_left_out",
		"gauge", "Addresses of this node that accept no NodePorts",
		now->nodeport_addresses);
	prometheus_whole(b, "kube_proxy_mini_health_check_ports_left_out",
		"gauge", "Health check ports of Services that are not served",
		now->health_ports);
}

static void put_answers(struct buf *b, const char *name, const char *help,
	const struct serve_counts *n)
{
	prometheus_head(b, name, "counter", help);
	buf_fmt(b, "%s{code=\"200\"} %" PRIu64 "\n", name, n->good);
	buf_fmt(b, "%s{code=\"503\"} %" PRIu64 "\n", name, n->bad);
}

/* Upstream's labels; what a reproducible build in C does not know is empty. */
static void put_build(struct buf *b, const char *version)
{
	struct str rest = str_of(version), major = {NULL, 0}, minor = {NULL, 0};

	str_cut(&rest, '.', &major);
	str_cut(&rest, '.', &minor);
	prometheus_head(b, "kubernetes_build_info", "gauge",
		"A metric with a constant '1' value labeled by what was "
		"built");
	buf_fmt(b,
		"kubernetes_build_info{build_date=\"\",compiler=\"" COMPILER
		"\",git_commit=\"\",git_tree_state=\"\",git_version=\"%s\","
		"go_version=\"\",major=\"%.*s\",minor=\"%.*s\","
		"platform=\"linux/" MACHINE
		"\",program=\"kube-proxy-mini\"} 1\n",
		version, STR_ARG(major), STR_ARG(minor));
}

static void put_process(struct buf *b)
{
	struct process_facts p = process_read();

	put_real(b, "process_cpu_seconds_total", "counter",
		"Total user and system CPU time spent in seconds", p.cpu_s);
	prometheus_whole(b, "process_open_fds", "gauge",
		"Number of open file descriptors", p.open_fds);
	prometheus_whole(b, "process_max_fds", "gauge",
		"Maximum number of open file descriptors", p.max_fds);
	prometheus_whole(b, "process_resident_memory_bytes", "gauge",
		"Resident memory size in bytes", p.resident_bytes);
	prometheus_whole(b, "process_virtual_memory_bytes", "gauge",
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
	put_rules(out, &now->rules);
	put_requests(out, m, now);
	put_objects(out, &now->objects);
	put_excess(out, &now->excess);
	put_answers(out, "kubeproxy_proxy_healthz_total",
		"Cumulative proxy healthz HTTP status", &now->healthz);
	put_answers(out, "kubeproxy_proxy_livez_total",
		"Cumulative proxy livez HTTP status", &now->livez);
	put_build(out, now->version);
	put_process(out);
}
