/*
 * metrics - what is counted for Prometheus.
 *
 * metrics_text.h writes it.  Names, labels and buckets are kube-proxy's where
 * it counts the same thing, so that its dashboards work; what only we count
 * begins with kube_proxy_mini_.
 */
#ifndef KEELSON_PROXY_METRICS_H
#define KEELSON_PROXY_METRICS_H

#include "kube-proxy-mini/model/model.h"
#include "kube-proxy-mini/status/latency.h"

#define METRICS_CODES_MAX 32

/* Requests to the API server that were answered with this status. */
struct metrics_code {
	unsigned int status; /* 0: no answer */
	uint64_t count;
};

struct metrics {
	struct histogram sync, sync_full, sync_partial;
	struct latency latency;
	struct histogram change; /* received -> in the kernel */
	uint64_t changes[MODEL_KINDS];
	uint64_t pending[MODEL_KINDS];
	int64_t queued_ns, synced_ns; /* wall clock */
	struct histogram request;     /* sent -> head of the answer */
	struct metrics_code codes[METRICS_CODES_MAX];
	size_t n_codes;
};

/* The bounds of the histograms above. */
extern const struct histogram_kind metrics_sync_kind;
extern const struct histogram_kind metrics_change_kind;
extern const struct histogram_kind metrics_request_kind;

/* A change was in the kernel so long after it was received. */
void metrics_note_change_written(struct metrics *m, double seconds);

/* A request to the API server was answered (status 0: was not). */
void metrics_count_request(
	struct metrics *m, unsigned int status, double seconds);

/* An object changed, and the change is to be written. */
void metrics_note_change(
	struct metrics *m, enum model_kind kind, int64_t wall_ns);

/* Nothing had to be written; no change is pending any more. */
void metrics_note_nothing(struct metrics *m, int64_t wall_ns);

/* A write took so long; no change is pending any more. */
void metrics_note_sync(
	struct metrics *m, double seconds, bool was_full, int64_t wall_ns);

#endif
