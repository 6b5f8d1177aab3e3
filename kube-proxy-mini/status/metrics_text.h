/*
 * metrics_text - the metrics in Prometheus' text format 0.0.4.
 *
 * Both address families are written to the kernel in one transaction, so what
 * kube-proxy measures of its two writers has equal values for both.
 */
#ifndef KEELSON_PROXY_METRICS_TEXT_H
#define KEELSON_PROXY_METRICS_TEXT_H

#include "kube-proxy-mini/status/metrics.h"
#include "kube-proxy-mini/status/serve.h"

/* The rules in the kernel. */
struct metrics_rules {
	uint64_t failures, repairs, services_left_out, flows_deleted;
	/* now: */
	uint64_t no_local_internal[MODEL_FAMILIES];
	uint64_t no_local_external[MODEL_FAMILIES];
	uint64_t endpoints_left_out, affinity_rounded, rules, chains;
};

/* Objects of the API. */
struct metrics_objects {
	uint64_t too_large, refused; /* left out */
	uint64_t odd_values;         /* in others, not taken as they are */
	uint64_t relists;
	uint64_t services, endpoints; /* known now */
};

/* What is left out of those that this node could serve, beyond a limit: now. */
struct metrics_excess {
	uint64_t nodeport_addresses, health_ports;
};

/* What others count, looked up when somebody asks for the metrics. */
struct metrics_now {
	struct metrics_rules rules;
	struct metrics_objects objects;
	struct metrics_excess excess;
	struct serve_counts healthz, livez;
	const char *version;
	const char *host; /* of the API server, with its port */
};

void metrics_write(const struct metrics *m, const struct metrics_now *now,
	struct buf *out);

#endif
