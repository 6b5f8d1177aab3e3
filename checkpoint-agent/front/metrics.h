/*
 * metrics - what the front counts, as Prometheus text.  Pure.
 *
 * Requests are counted under the kubelet's names, so that its dashboards work
 * here too; what the kubelet does not have is called checkpoint_agent_*.
 */
#ifndef CHECKPOINT_AGENT_FRONT_METRICS_H
#define CHECKPOINT_AGENT_FRONT_METRICS_H

#include "checkpoint-agent/ipc/job.h"
#include "lib/base/buf.h"
#include "lib/net/histogram.h"

#define METRICS_SERIES_MAX 128 /* method, path and status; then "other" */
#define METRICS_TIMES_MAX  32  /* method and path; then "other" */

/* status: 0 in a table without statuses. */
struct metrics_series {
	const char *method; /* both static text */
	const char *path;
	unsigned status;
};

struct metrics {
	struct metrics_series request[METRICS_SERIES_MAX];
	uint64_t requests[METRICS_SERIES_MAX];
	size_t request_count;
	struct metrics_series time[METRICS_TIMES_MAX];
	struct histogram times[METRICS_TIMES_MAX];
	size_t time_count;
	uint64_t inflight;
	uint64_t jobs[JOB_VERBS][JOB_STATUSES]; /* by how they ended */
	/* of checkpoints; a pre-dump is a second freeze */
	struct histogram frozen_s, predump_frozen_s, archive_bytes;
	uint64_t removed, removed_bytes; /* by retention */
	bool has_census;                 /* the next two are set */
	uint64_t archives, archives_bytes;
};

void metrics_note_request(struct metrics *m, const char *method,
	const char *path, unsigned status, uint64_t took_ms);

/* Every answer of the back, even if its client is gone. */
void metrics_note_job(struct metrics *m, const struct job_answer *a);

/* Prometheus text exposition format 0.0.4. */
void metrics_write(const struct metrics *m, struct buf *b);

#endif
