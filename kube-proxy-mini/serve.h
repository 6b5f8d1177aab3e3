/*
 * serve - the two HTTP ports of kube-proxy: health for load balancers, and
 * metrics and the like for people and Prometheus.
 *
 * A port that is taken, by a kube-proxy that is still there for example, does
 * not keep the rules from being written: it is logged and tried again.
 */
#ifndef KEELSON_PROXY_SERVE_H
#define KEELSON_PROXY_SERVE_H

#include "kube-proxy-mini/config.h"
#include "kube-proxy-mini/health.h"
#include "lib/net/httpd.h"

/* What was answered: 200, and 503. */
struct serve_counts {
	uint64_t good, bad;
};

struct serve {
	/* the owner's, set before serve_open() */
	struct loop *loop;
	const struct config *config;
	const struct health *health;
	/* write what /metrics answers */
	void (*put_metrics)(void *context, struct buf *out);
	/* a port cannot be served; may be NULL */
	void (*failed)(void *context, uint16_t port, const char *why);
	void *context;

	/* to be read */
	struct serve_counts healthz, livez;

	/* inside */
	struct httpd health_port;
	struct httpd metrics_port;
	struct loop_timer retry;
	bool has_failed; /* it was said already */
};

#define SERVE_RETRY_MS 5000

/* Listen where the configuration says. */
void serve_open(struct serve *s);
void serve_close(struct serve *s);

int64_t serve_wall_ns(void);

#endif
