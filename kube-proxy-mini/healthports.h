/*
 * healthports - the healthCheckNodePort of each load-balanced Service with
 * externalTrafficPolicy Local: load balancers ask there whether this node has
 * an endpoint of it.
 *
 * Answers are kube-proxy's, to the byte.  A port that is taken already is
 * logged, told to `failed`, and tried again with the next change.
 */
#ifndef KEELSON_PROXY_HEALTHPORTS_H
#define KEELSON_PROXY_HEALTHPORTS_H

#include "kube-proxy-mini/apply.h"
#include "kube-proxy-mini/health.h"
#include "lib/net/httpd.h"

#define HEALTHPORTS_MAX 1024

struct healthport;

struct healthports {
	/* the owner's, set before the first call */
	struct loop *loop;
	const struct health *health;
	/* a port cannot be served; may be NULL */
	void (*failed)(void *context, const char *service, uint16_t port,
		const char *why);
	void *context;

	/* inside */
	struct healthport *ports;
	uint64_t seen_changes;
};

/* Serve what was applied; cheap when nothing about it has changed. */
void healthports_update(
	struct healthports *h, const struct apply *a, const struct model *m);

void healthports_close(struct healthports *h);

/*
 * The body of an answer and its status.  Pure.
 * @service  "namespace/name"
 */
unsigned int healthports_write(struct str service, uint32_t local_endpoints,
	bool is_healthy, struct buf *out);

#endif
