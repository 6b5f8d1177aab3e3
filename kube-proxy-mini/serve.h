/*
 * serve - the two HTTP ports of kube-proxy: health for load balancers, and
 * metrics and the like for people and Prometheus.
 */
#ifndef KEELSON_PROXY_SERVE_H
#define KEELSON_PROXY_SERVE_H

#include "kube-proxy-mini/config.h"
#include "kube-proxy-mini/health.h"
#include "lib/net/httpd.h"

struct serve {
	/* the owner's, set before serve_open() */
	struct loop *loop;
	const struct config *config;
	const struct health *health;
	/* write what /metrics answers */
	void (*put_metrics)(void *context, struct buf *out);
	void *context;

	/* inside */
	struct httpd health_port;
	struct httpd metrics_port;
};

/* Listen where the configuration says. 0 or -1. */
int serve_open(struct serve *s, struct err *e);
void serve_close(struct serve *s);

int64_t serve_wall_ns(void);

#endif
