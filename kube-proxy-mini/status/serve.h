/*
 * serve - the two HTTP ports of kube-proxy: health for load balancers, and
 * metrics and the like for Prometheus and for people.
 *
 * A port that is in use, say by a kube-proxy that still runs, does not keep
 * rules from being written: it is logged and tried again.
 */
#ifndef KEELSON_PROXY_SERVE_H
#define KEELSON_PROXY_SERVE_H

#include "kube-proxy-mini/config/config.h"
#include "kube-proxy-mini/status/health.h"
#include "lib/net/httpd.h"

/* How many answers were 200, and how many 503. */
struct serve_counts {
	uint64_t good, bad;
};

struct serve {
	/* the owner's, set before serve_open() */
	struct loop *loop;
	const struct config *config;
	const struct health *health;
	/* write the body of /metrics */
	void (*put_metrics)(void *context, struct buf *out);
	/* what the first write of the rules waits for */
	const char *(*waits_for)(void *context);
	/* a port cannot be served; may be NULL */
	void (*failed)(void *context, uint16_t port, const char *why);
	void *context;

	/* to be read */
	struct serve_counts healthz, livez;

	/* inside */
	struct httpd health_port;
	struct httpd metrics_port;
	struct loop_timer retry;
	bool has_failed; /* and the log says so */
};

#define SERVE_RETRY_MS 5000

/* Listen where the configuration says. */
void serve_open(struct serve *s);
void serve_close(struct serve *s);

#endif
