/*
 * metrics - what is counted, and its text for Prometheus (format 0.0.4).
 *
 * Names, labels and buckets are kube-proxy's where it counts the same thing,
 * so that its dashboards work; what only we count begins with
 * kube_proxy_mini_.  Both address families are written in one transaction, so
 * what kube-proxy counts per family has equal values for both.
 */
#ifndef KEELSON_PROXY_METRICS_H
#define KEELSON_PROXY_METRICS_H

#include "kube-proxy-mini/apply.h"
#include "kube-proxy-mini/latency.h"
#include "kube-proxy-mini/model.h"
#include "kube-proxy-mini/serve.h"
#include "lib/base/buf.h"

#define METRICS_CODES_MAX 32

/* Requests to the API server that were answered so. */
struct metrics_code {
	unsigned int status; /* 0: no answer */
	uint64_t count;
};

struct metrics {
	struct histogram sync, sync_full, sync_partial;
	struct latency latency;
	struct histogram change; /* heard of -> in the kernel */
	uint64_t changes[MODEL_KINDS];
	uint64_t pending[MODEL_KINDS];
	int64_t queued_ns, synced_ns; /* wall clock */
	struct histogram request;     /* sent -> head of the answer */
	struct metrics_code codes[METRICS_CODES_MAX];
	size_t n_codes;
	uint64_t n_too_large, n_refused; /* objects left out */
	uint64_t n_relists;              /* after 410 */
};

/* What is looked up only when somebody asks. */
struct metrics_now {
	struct apply_stats apply;
	struct model_counts model;
	const char *version;
	struct serve_counts healthz, livez;
	const char *host; /* of the API server, with its port */
};

/* From a change heard of to its rules in the kernel. */
void metrics_note_latency(struct metrics *m, double seconds);

/* A request to the API server was answered (0: not) after so long. */
void metrics_count_request(
	struct metrics *m, unsigned int status, double seconds);

/* A change came in that is to be written. */
void metrics_note_change(
	struct metrics *m, enum model_kind kind, int64_t wall_ns);

/* A write took so long; all that waited is done. */
void metrics_note_sync(
	struct metrics *m, double seconds, bool was_full, int64_t wall_ns);

void metrics_write(const struct metrics *m, const struct metrics_now *now,
	struct buf *out);

#endif
