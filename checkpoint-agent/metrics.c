/*
 * metrics - counters and histograms in fixed tables. Pure.
 *
 * A client can invent methods; beyond a table's end they are counted
 * together, so that it cannot grow.
 */
#include "checkpoint-agent/metrics.h"

#include <assert.h>
#include <string.h>

/* Go client's default buckets, which the kubelet's requests use. */
static const double bounds_s[METRICS_BUCKETS] = {
	0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

/* 1 MiB to 1 TiB, four times as much each. */
static const double bounds_bytes[METRICS_BUCKETS] = {0x1p20, 0x1p22, 0x1p24,
	0x1p26, 0x1p28, 0x1p30, 0x1p32, 0x1p34, 0x1p36, 0x1p38, 0x1p40};

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

static void observe(struct metrics_histogram *h, const double *bounds, double v)
{
	h->count++;
	h->sum += v;
	for (size_t i = 0; i < METRICS_BUCKETS; i++) {
		if (v <= bounds[i]) {
			h->bucket[i]++;
			return;
		}
	}
}

/* Its place in a table of *n that grows up to max; the last is for others. */
static size_t place_of(struct metrics_series *table, size_t *n, size_t max,
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

	if (str_copy(str_of(method), s.method, sizeof(s.method)) < 0)
		str_copy(STR("other"), s.method, sizeof(s.method));
	at = place_of(m->request, &m->request_count, METRICS_SERIES_MAX, &s);
	m->requests[at]++;
	s.status = 0;
	at = place_of(m->time, &m->time_count, METRICS_TIMES_MAX, &s);
	observe(&m->times[at], bounds_s, (double)took_ms / 1000);
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
	observe(&m->archive_bytes, bounds_bytes, (double)a->bytes);
	observe(&m->frozen_s, bounds_s, (double)a->frozen_us / 1000000);
	if (a->predump_frozen_us)
		observe(&m->predump_frozen_s, bounds_s,
			(double)a->predump_frozen_us / 1000000);
}

/* --- writing ------------------------------------------------------- */

static void put_help(
	struct buf *b, const char *name, const char *type, const char *help)
{
	buf_fmt(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_single(struct buf *b, const char *name, const char *type,
	const char *help, uint64_t value)
{
	put_help(b, name, type, help);
	buf_fmt(b, "%s %llu\n", name, (unsigned long long)value);
}

/* labels: "" or a list that ends in a comma. */
static void put_histogram(struct buf *b, const char *name, struct str labels,
	const double *bounds, const struct metrics_histogram *h)
{
	struct str alone = str_sub(labels, 0, labels.n > 0 ? labels.n - 1 : 0);
	const char *open = labels.n > 0 ? "{" : "";
	const char *close = labels.n > 0 ? "}" : "";
	uint64_t sum = 0;

	for (size_t i = 0; i < METRICS_BUCKETS; i++) {
		sum += h->bucket[i];
		buf_fmt(b, "%s_bucket{%.*sle=\"%g\"} %llu\n", name,
			STR_ARG(labels), bounds[i], (unsigned long long)sum);
	}
	buf_fmt(b, "%s_bucket{%.*sle=\"+Inf\"} %llu\n", name, STR_ARG(labels),
		(unsigned long long)h->count);
	buf_fmt(b, "%s_sum%s%.*s%s %.9g\n", name, open, STR_ARG(alone), close,
		h->sum);
	buf_fmt(b, "%s_count%s%.*s%s %llu\n", name, open, STR_ARG(alone), close,
		(unsigned long long)h->count);
}

/* The kubelet's labels. */
static void put_labels(struct buf *b, const struct metrics_series *s)
{
	buf_fmt(b,
		"long_running=\"false\",method=\"%s\",path=\"%s\","
		"server_type=\"readwrite\",",
		s->method, s->path);
}

static void put_requests(const struct metrics *m, struct buf *b)
{
	static const char name[] = "kubelet_http_requests_total";

	put_help(b, name, "counter",
		"Number of the http requests received since the "
		"server started");
	for (size_t i = 0; i < m->request_count; i++) {
		buf_fmt(b, "%s{", name);
		put_labels(b, &m->request[i]);
		buf_fmt(b, "code=\"%u\"} %llu\n", m->request[i].status,
			(unsigned long long)m->requests[i]);
	}
	put_single(b, "kubelet_http_inflight_requests", "gauge",
		"Number of the inflight http requests", m->inflight);
}

static void put_times(const struct metrics *m, struct buf *b)
{
	static const char name[] = "kubelet_http_requests_duration_seconds";
	char memory[256];

	put_help(b, name, "histogram",
		"Duration in seconds to serve http requests");
	for (size_t i = 0; i < m->time_count; i++) {
		struct buf labels = buf_fixed(memory, sizeof(memory));

		put_labels(&labels, &m->time[i]);
		put_histogram(
			b, name, buf_view(&labels), bounds_s, &m->times[i]);
	}
}

/* Of checkpoints all there can be, of the rest what has been. */
static void put_jobs(const struct metrics *m, struct buf *b)
{
	static const char name[] = "checkpoint_agent_jobs_total";

	put_help(b, name, "counter", "Jobs by how they ended");
	for (size_t v = 0; v < JOB_VERBS; v++)
		for (size_t s = 0; s < JOB_STATUSES; s++)
			if (v == JOB_CHECKPOINT || m->jobs[v][s] > 0)
				buf_fmt(b,
					"%s{job=\"%s\",result=\"%s\"} "
					"%llu\n",
					name, verb_names[v], status_names[s],
					(unsigned long long)m->jobs[v][s]);
}

/* What is on the disk, once a job has told, and what went from it. */
static void put_archives(const struct metrics *m, struct buf *b)
{
	put_single(b, "checkpoint_agent_retention_removed_total", "counter",
		"Archives that retention removed", m->removed);
	put_single(b, "checkpoint_agent_retention_removed_bytes_total",
		"counter", "Bytes that they took", m->removed_bytes);
	if (!m->has_census)
		return;
	put_single(b, "checkpoint_agent_archives", "gauge",
		"Archives on the disk after the last job", m->archives);
	put_single(b, "checkpoint_agent_archives_bytes", "gauge",
		"Bytes that they take", m->archives_bytes);
}

static void put_checkpoints(const struct metrics *m, struct buf *b)
{
	put_help(b, "checkpoint_agent_frozen_seconds", "histogram",
		"How long containers stood still for a checkpoint");
	put_histogram(b, "checkpoint_agent_frozen_seconds", STR(""), bounds_s,
		&m->frozen_s);
	put_help(b, "checkpoint_agent_predump_frozen_seconds", "histogram",
		"How long they stood still for the pre-dump before it");
	put_histogram(b, "checkpoint_agent_predump_frozen_seconds", STR(""),
		bounds_s, &m->predump_frozen_s);
	put_help(b, "checkpoint_agent_archive_bytes", "histogram",
		"Sizes of the archives written");
	put_histogram(b, "checkpoint_agent_archive_bytes", STR(""),
		bounds_bytes, &m->archive_bytes);
}

void metrics_write(const struct metrics *m, struct buf *b)
{
	put_requests(m, b);
	put_times(m, b);
	put_jobs(m, b);
	put_checkpoints(m, b);
	put_archives(m, b);
}
