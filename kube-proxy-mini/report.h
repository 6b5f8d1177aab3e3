/*
 * report - wires status/: what others may ask us, and what we tell the API.
 *
 * The other rooms know nothing of status/; they call hooks.  start.c connects
 * those hooks to the functions below, which copy what was seen into health,
 * metrics and Events.
 */
#ifndef KEELSON_PROXY_REPORT_H
#define KEELSON_PROXY_REPORT_H

#include "kube-proxy-mini/kernel/syncer.h"
#include "kube-proxy-mini/status/events.h"
#include "kube-proxy-mini/status/health.h"
#include "kube-proxy-mini/status/healthports.h"
#include "kube-proxy-mini/status/metrics.h"
#include "kube-proxy-mini/status/serve.h"
#include "kube-proxy-mini/watch/feed.h"

struct report {
	/* the owner's, set before report_open() */
	struct loop *loop;
	const struct config *config;
	const char *version;
	const struct feed_server *server; /* the Events go there */
	const struct apply *apply;
	const struct model *model;
	/* what the first write waits for */
	const char *(*waits_for)(const void *context);
	const void *context;

	/* inside */
	struct feed_counts counts; /* what the feeds count, for the metrics */
	struct feed_said said;     /* what they have logged */
	struct health health;
	struct metrics metrics;
	struct serve serve;
	struct healthports healthports;
	struct events events;
	uint64_t seen_health_changes;
	size_t addresses_over;
};

/* Note when we started; call first. */
void report_start(struct report *r, const struct config *c);

/* Serve the ports and send Events.  0, or -1 without memory. */
int report_open(struct report *r, struct err *e);
void report_close(struct report *r);

/* A request to the API server was answered (status 0: was not). */
void report_answered(struct report *r, unsigned int status, uint64_t after_ms);

/* An object changed. */
void report_changed(struct report *r, enum model_kind kind);

/* A slice changed because of something that happened at that time. */
void report_triggered(struct report *r, struct str time);

/*
 * Health check ports are served at these addresses (healthports.h); so many of
 * this node are over the limit and accept no NodePorts either.
 */
void report_addresses(
	struct report *r, const struct model_ip *list, size_t n, size_t over);

/* Our Node was read. */
void report_node(struct report *r, bool is_eligible);

/* There is something to write. */
void report_pending(struct report *r);

/* Everything is written. */
void report_synced(struct report *r, const struct syncer_done *done);

#endif
