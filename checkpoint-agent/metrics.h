/*
 * metrics - what the front has counted, as Prometheus text.
 *
 * Requests are counted under the kubelet's names, so that its dashboards work
 * for us; what the kubelet does not have is called checkpoint_agent_*.
 */
#ifndef CHECKPOINT_AGENT_METRICS_H
#define CHECKPOINT_AGENT_METRICS_H

#include "checkpoint-agent/job.h"
#include "lib/base/buf.h"

#define METRICS_SERIES_MAX 128 /* method, path and status; then "other" */
#define METRICS_BUCKETS    10

struct metrics_histogram {
	uint64_t count;
	double sum_s;
	uint64_t bucket[METRICS_BUCKETS]; /* not yet added up */
};

struct metrics_series {
	char method[16];
	const char *path; /* of a fixed set */
	unsigned status;
	uint64_t count;
};

struct metrics {
	struct metrics_series series[METRICS_SERIES_MAX];
	size_t series_count;
	struct metrics_histogram duration;
	struct metrics_histogram frozen;
	uint64_t inflight;
	uint64_t jobs[JOB_STATUSES]; /* checkpoints by how they ended */
	uint64_t written_bytes;
	bool has_census; /* the next two are known */
	uint64_t archives, archive_bytes;
};

void metrics_note_request(struct metrics *m, const char *method,
	const char *path, unsigned status, uint64_t took_ms);
void metrics_note_job(struct metrics *m, const struct job_answer *a);

/* Prometheus text exposition format 0.0.4. */
void metrics_write(const struct metrics *m, struct buf *b);

#endif
