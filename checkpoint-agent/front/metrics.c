/*
 * metrics - counters and histograms in fixed tables.
 *
 * Clients can invent methods, so only the kubelet's list of them is told apart,
 * and the last row of a table counts all that found no row of their own.
 */
#include "checkpoint-agent/front/metrics.h"

#include "lib/net/prometheus.h"

#include <assert.h>
#include <string.h>

#define BUCKETS 11

/* The default buckets of Prometheus' Go client, as in the kubelet. */
static double bound_s(size_t i)
{
	static const double bounds[BUCKETS] = {
		0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

	return bounds[i];
}

/* 1 MiB to 1 TiB, each four times the one before. */
static double bound_bytes(size_t i)
{
	return (double)(UINT64_C(1) << (20 + 2 * i));
}

static const struct histogram_kind seconds = {bound_s, BUCKETS};
static const struct histogram_kind bytes = {bound_bytes, BUCKETS};

static const char *const verb_names[] = {
	[JOB_CHECKPOINT] = "checkpoint",
	[JOB_CHECK] = "check",
	[JOB_LIST] = "list",
	[JOB_OPEN] = "read",
	[JOB_DELETE] = "delete",
	[JOB_SWEEP] = "sweep",
	[JOB_ABORT] = "abort",
};
static_assert(sizeof(verb_names) / sizeof(verb_names[0]) == JOB_VERBS,
	"a name for each verb");

static const char *const status_names[] = {
	[JOB_DONE] = "done",
	[JOB_NO_POD] = "no_pod",
	[JOB_NO_CONTAINER] = "no_container",
	[JOB_NO_ARCHIVE] = "no_archive",
	[JOB_BAD_TIMEOUT] = "bad_timeout",
	[JOB_BUSY] = "busy",
	[JOB_FAILED] = "failed",
	[JOB_TIMED_OUT] = "timed_out",
	[JOB_ABORTED] = "aborted",
	[JOB_NO_ROOM] = "no_room",
};
static_assert(sizeof(status_names) / sizeof(status_names[0]) == JOB_STATUSES,
	"a name for each status");

/* --- counting ------------------------------------------------------ */

/* As the kubelet labels them. */
static const char *method_label(const char *method)
{
	static const char *const known[] = {"OPTIONS", "GET", "HEAD", "POST",
		"PUT", "DELETE", "TRACE", "CONNECT"};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(method, known[i]) == 0)
			return known[i];
	return "other";
}

/* The row in a table of *n rows, added if there are fewer than max. */
static size_t find_row(struct metrics_series *table, size_t *n, size_t max,
	const struct metrics_series *wanted)
{
	static const struct metrics_series other = {"other", "other", 0};
	size_t i = 0;

	while (i < *n && (table[i].status != wanted->status ||
				 strcmp(table[i].method, wanted->method) != 0 ||
				 strcmp(table[i].path, wanted->path) != 0))
		i++;
	if (i == max)
		return max - 1;
	if (i == *n) {
		table[i] = i == max - 1 ? other : *wanted;
		*n = i + 1;
	}
	return i;
}

void metrics_note_request(struct metrics *m, const char *method,
	const char *path, unsigned status, uint64_t took_ms)
{
	struct metrics_series s = {
		.path = path != NULL ? path : "other", .status = status};
	size_t at;

	s.method = method_label(method);
	at = find_row(m->request, &m->request_count, METRICS_SERIES_MAX, &s);
	m->requests[at]++;
	s.status = 0;
	at = find_row(m->time, &m->time_count, METRICS_TIMES_MAX, &s);
	histogram_observe(&m->times[at], &seconds, (double)took_ms / 1000);
}

void metrics_note_job(struct metrics *m, const struct job_answer *a)
{
	if (a->status >= JOB_STATUSES || a->verb >= JOB_VERBS)
		return;
	m->jobs[a->verb][a->status]++;
	m->removed += a->removed;
	m->removed_bytes += a->removed_bytes;
	if (a->has_census) {
		m->has_census = true;
		m->archives = a->archives;
		m->archives_bytes = a->archive_bytes;
	}
	if (a->status != JOB_DONE || a->verb != JOB_CHECKPOINT)
		return;
	histogram_observe(&m->archive_bytes, &bytes, (double)a->made.bytes);
	histogram_observe(
		&m->frozen_s, &seconds, (double)a->made.frozen_us / 1000000);
	if (a->made.predump_frozen_us)
		histogram_observe(&m->predump_frozen_s, &seconds,
			(double)a->made.predump_frozen_us / 1000000);
}

/* --- writing ------------------------------------------------------- */

/* The kubelet's labels. */
static void put_labels(struct buf *b, const struct metrics_series *s)
{
	buf_fmt(b,
		"long_running=\"false\",method=\"%s\",path=\"%s\","
		"server_type=\"readwrite\"",
		s->method, s->path);
}

static void put_requests(const struct metrics *m, struct buf *b)
{
	static const char name[] = "kubelet_http_requests_total";

	prometheus_head(b, name, "counter",
		"Number of the http requests received since the "
		"server started");
	for (size_t i = 0; i < m->request_count; i++) {
		buf_fmt(b, "%s{", name);
		put_labels(b, &m->request[i]);
		buf_fmt(b, ",code=\"%u\"} %llu\n", m->request[i].status,
			(unsigned long long)m->requests[i]);
	}
	prometheus_whole(b, "kubelet_http_inflight_requests", "gauge",
		"Number of the inflight http requests", m->inflight);
}

static void put_times(const struct metrics *m, struct buf *b)
{
	static const char name[] = "kubelet_http_requests_duration_seconds";
	char memory[256];

	prometheus_head(b, name, "histogram",
		"Duration in seconds to serve http requests");
	for (size_t i = 0; i < m->time_count; i++) {
		struct buf labels = buf_fixed(memory, sizeof(memory));

		put_labels(&labels, &m->time[i]);
		histogram_write(
			&m->times[i], &seconds, name, buf_cstr(&labels), b);
	}
}

/* For checkpoints every result, for the others those that occurred. */
static void put_jobs(const struct metrics *m, struct buf *b)
{
	static const char name[] = "checkpoint_agent_jobs_total";

	prometheus_head(b, name, "counter", "Jobs by their result");
	for (size_t v = 0; v < JOB_VERBS; v++)
		for (size_t s = 0; s < JOB_STATUSES; s++)
			if (v == JOB_CHECKPOINT || m->jobs[v][s] > 0)
				buf_fmt(b,
					"%s{job=\"%s\",result=\"%s\"} "
					"%llu\n",
					name, verb_names[v], status_names[s],
					(unsigned long long)m->jobs[v][s]);
}

/* Archives removed, and those on the disk once a job has counted them. */
static void put_archives(const struct metrics *m, struct buf *b)
{
	prometheus_whole(b, "checkpoint_agent_retention_removed_total",
		"counter", "Archives removed by retention", m->removed);
	prometheus_whole(b, "checkpoint_agent_retention_removed_bytes_total",
		"counter", "Bytes of the archives removed by retention",
		m->removed_bytes);
	if (!m->has_census)
		return;
	prometheus_whole(b, "checkpoint_agent_archives", "gauge",
		"Archives on the disk after the last job", m->archives);
	prometheus_whole(b, "checkpoint_agent_archives_bytes", "gauge",
		"Bytes of the archives on the disk after the last job",
		m->archives_bytes);
}

static void put_checkpoints(const struct metrics *m, struct buf *b)
{
	prometheus_head(b, "checkpoint_agent_frozen_seconds", "histogram",
		"How long containers were frozen for a checkpoint");
	histogram_write(&m->frozen_s, &seconds,
		"checkpoint_agent_frozen_seconds", "", b);
	prometheus_head(b, "checkpoint_agent_predump_frozen_seconds",
		"histogram",
		"How long containers were frozen for the pre-dump before it");
	histogram_write(&m->predump_frozen_s, &seconds,
		"checkpoint_agent_predump_frozen_seconds", "", b);
	prometheus_head(b, "checkpoint_agent_archive_bytes", "histogram",
		"Sizes of the archives made");
	histogram_write(&m->archive_bytes, &bytes,
		"checkpoint_agent_archive_bytes", "", b);
}

void metrics_write(const struct metrics *m, struct buf *b)
{
	put_requests(m, b);
	put_times(m, b);
	put_jobs(m, b);
	put_checkpoints(m, b);
	put_archives(m, b);
}
