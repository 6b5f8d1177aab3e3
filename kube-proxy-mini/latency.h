/*
 * latency - how long a change of endpoints takes to reach this node's rules:
 * kubeproxy_network_programming_duration_seconds, which SLO dashboards show.
 *
 * The endpoint controller writes into each slice when what caused its last
 * change happened.  The difference to the moment when the rules are written
 * is observed; causes from before this program started are not, since the
 * slices of a first list are old.  Pure: times are handed in.
 */
#ifndef KEELSON_PROXY_LATENCY_H
#define KEELSON_PROXY_LATENCY_H

#include "kube-proxy-mini/histogram.h"

#define LATENCY_ANNOTATION  "endpoints.kubernetes.io/last-change-trigger-time"
#define LATENCY_PENDING_MAX 256 /* more in one write are not observed */

struct latency {
	int64_t start_ns; /* wall clock at our start */
	int64_t pending_ns[LATENCY_PENDING_MAX];
	size_t n_pending;
	struct histogram seen;
};

/* A slice changed; text is its annotation, empty when it has none. */
void latency_note_change(struct latency *l, struct str text);

/* The rules were written: observe what waited. */
void latency_note_sync(struct latency *l, int64_t wall_ns);

void latency_write(const struct latency *l, struct buf *out);

/* RFC 3339 in UTC or with an offset, as ns since 1970. 0 or -1. */
int latency_parse_time(struct str text, int64_t *ns);

#endif
