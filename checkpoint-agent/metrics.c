/*
 * metrics - counters and histograms in fixed tables. Pure.
 *
 * A client can invent methods; beyond a table's end they are counted
 * together, so that it cannot grow.
 */
#include "checkpoint-agent/metrics.h"

#include <assert.h>
#include <string.h>

/* Go client's default buckets, which the kubelet's requests use, less one. */
static const double bounds_s[METRICS_BUCKETS] = {
	0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10};

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

static void observe(struct metrics_histogram *h, double s)
{
	h->count++;
	h->sum_s += s;
	for (size_t i = 0; i < METRICS_BUCKETS; i++) {
		if (s <= bounds_s[i]) {
			h->bucket[i]++;
			return;
		}
	}
}

static struct metrics_series *find_series(struct metrics *m, const char *method,
	const char *path, unsigned status)
{
	struct metrics_series *s;

	for (size_t i = 0; i < m->series_count; i++) {
		s = &m->series[i];
		if (s->status == status && strcmp(s->method, method) == 0 &&
			strcmp(s->path, path) == 0)
			return s;
	}
	if (m->series_count == METRICS_SERIES_MAX)
		return &m->series[METRICS_SERIES_MAX - 1];
	s = &m->series[m->series_count++];
	s->path = path;
	s->status = status;
	if (m->series_count == METRICS_SERIES_MAX)
		method = s->path = "other";
	if (str_copy(str_of(method), s->method, sizeof(s->method)) < 0)
		str_copy(STR("other"), s->method, sizeof(s->method));
	return s;
}

void metrics_note_request(struct metrics *m, const char *method,
	const char *path, unsigned status, uint64_t took_ms)
{
	find_series(m, method, path != NULL ? path : "other", status)->count++;
	observe(&m->duration, (double)took_ms / 1000);
}

void metrics_note_job(struct metrics *m, const struct job_answer *a)
{
	if (a->status >= JOB_STATUSES)
		return;
	m->jobs[a->status]++;
	if (a->has_census) {
		m->has_census = true;
		m->archives = a->archives;
		m->archive_bytes = a->archive_bytes;
	}
	if (a->status != JOB_DONE || a->has_fd)
		return;
	m->written_bytes += a->bytes;
	if (a->frozen_us > 0)
		observe(&m->frozen, (double)a->frozen_us / 1000000);
}

static void put_help(
	struct buf *b, const char *name, const char *type, const char *help)
{
	buf_fmt(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_histogram(struct buf *b, const char *name, const char *help,
	const struct metrics_histogram *h)
{
	uint64_t sum = 0;

	put_help(b, name, "histogram", help);
	for (size_t i = 0; i < METRICS_BUCKETS; i++) {
		sum += h->bucket[i];
		buf_fmt(b, "%s_bucket{le=\"%g\"} %llu\n", name, bounds_s[i],
			(unsigned long long)sum);
	}
	buf_fmt(b, "%s_bucket{le=\"+Inf\"} %llu\n", name,
		(unsigned long long)h->count);
	buf_fmt(b, "%s_sum %g\n%s_count %llu\n", name, h->sum_s, name,
		(unsigned long long)h->count);
}

static void put_requests(const struct metrics *m, struct buf *b)
{
	put_help(b, "kubelet_http_requests_total", "counter",
		"Number of the http requests received since the "
		"server started");
	for (size_t i = 0; i < m->series_count; i++) {
		const struct metrics_series *s = &m->series[i];

		buf_fmt(b,
			"kubelet_http_requests_total{code=\"%u\","
			"long_running=\"false\",method=\"%s\",path=\"%s\","
			"server_type=\"readwrite\"} %llu\n",
			s->status, s->method, s->path,
			(unsigned long long)s->count);
	}
	put_help(b, "kubelet_http_inflight_requests", "gauge",
		"Number of the inflight http requests");
	buf_fmt(b, "kubelet_http_inflight_requests %llu\n",
		(unsigned long long)m->inflight);
}

static void put_jobs(const struct metrics *m, struct buf *b)
{
	put_help(b, "checkpoint_agent_jobs_total", "counter",
		"Jobs by how they ended");
	for (size_t i = 0; i < JOB_STATUSES; i++)
		buf_fmt(b, "checkpoint_agent_jobs_total{result=\"%s\"} %llu\n",
			status_names[i], (unsigned long long)m->jobs[i]);
	put_help(b, "checkpoint_agent_archive_bytes_total", "counter",
		"Bytes of the archives written");
	buf_fmt(b, "checkpoint_agent_archive_bytes_total %llu\n",
		(unsigned long long)m->written_bytes);
}

/* What is on the disk, once a job has told. */
static void put_census(const struct metrics *m, struct buf *b)
{
	if (!m->has_census)
		return;
	put_help(b, "checkpoint_agent_archives", "gauge",
		"Archives on the disk after the last job");
	buf_fmt(b, "checkpoint_agent_archives %llu\n",
		(unsigned long long)m->archives);
	put_help(b, "checkpoint_agent_archives_bytes", "gauge",
		"Bytes that they take");
	buf_fmt(b, "checkpoint_agent_archives_bytes %llu\n",
		(unsigned long long)m->archive_bytes);
}

void metrics_write(const struct metrics *m, struct buf *b)
{
	put_requests(m, b);
	put_histogram(b, "kubelet_http_requests_duration_seconds",
		"Duration in seconds to serve http requests", &m->duration);
	put_jobs(m, b);
	put_census(m, b);
	put_histogram(b, "checkpoint_agent_frozen_seconds",
		"How long containers stood still for a checkpoint", &m->frozen);
}
