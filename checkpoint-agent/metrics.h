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
#define METRICS_TIMES_MAX  32  /* method and path; then "other" */
#define METRICS_BUCKETS    11

struct metrics_histogram {
	uint64_t count;
	double sum;
	uint64_t bucket[METRICS_BUCKETS]; /* not yet added up */
};

/* status 0 in a table that does not tell statuses apart. */
struct metrics_series {
	char method[16];
	const char *path; /* of a fixed set */
	unsigned status;
};

struct metrics {
	struct metrics_series request[METRICS_SERIES_MAX];
	uint64_t requests[METRICS_SERIES_MAX];
	size_t request_count;
	struct metrics_series time[METRICS_TIMES_MAX];
	struct metrics_histogram times[METRICS_TIMES_MAX];
	size_t time_count;
	uint64_t inflight;
	uint64_t jobs[JOB_VERBS][JOB_STATUSES]; /* by how they ended */
	/* of checkpoints; a pre-dump stops the container once more */
	struct metrics_histogram frozen_s, predump_frozen_s, archive_bytes;
	uint64_t removed, removed_bytes; /* by retention */
	bool has_census;                 /* the next two are known */
	uint64_t archives, archives_bytes;
};

void metrics_note_request(struct metrics *m, const char *method,
	const char *path, unsigned status, uint64_t took_ms);

/* Whoever asked for it, and whether he is still there. */
void metrics_note_job(struct metrics *m, const struct job_answer *a);

/* Prometheus text exposition format 0.0.4. */
void metrics_write(const struct metrics *m, struct buf *b);

#endif
