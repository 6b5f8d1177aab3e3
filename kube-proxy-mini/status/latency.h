/*
 * latency - how long a change of endpoints takes to reach this node's rules:
 * kubeproxy_network_programming_duration_seconds, which SLO dashboards show.
 *
 * The endpoint controller writes into each slice when the cause of its last
 * change happened.  The time from then until the rules are written is
 * observed.  Causes from before this program started are left out, since the
 * slices of a first list are old.  Pure: times are passed in.
 */
#ifndef KEELSON_PROXY_LATENCY_H
#define KEELSON_PROXY_LATENCY_H

#include "lib/net/histogram.h"

#define LATENCY_PENDING_MAX 256 /* further ones in one write are left out */

struct latency {
	int64_t start_ns; /* wall clock at our start */
	int64_t pending_ns[LATENCY_PENDING_MAX];
	size_t n_pending;
	struct histogram seen;
};

/* A slice changed; text is the time of the cause, or empty. */
void latency_note_change(struct latency *l, struct str text);

/* The rules were written: observe all that was pending. */
void latency_note_sync(struct latency *l, int64_t wall_ns);

void latency_write(const struct latency *l, struct buf *out);

/* RFC 3339 in UTC or with an offset, as ns since 1970. 0 or -1. */
int latency_parse_time(struct str text, int64_t *ns);

#endif
