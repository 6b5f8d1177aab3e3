/*
 * healthports - the healthCheckNodePort of each load-balanced Service with
 * externalTrafficPolicy Local: load balancers ask there whether this node has
 * an endpoint of the Service.
 *
 * As kube-proxy does, each address family has a server of its own, which counts
 * the endpoints of that family, and only addresses that accept NodePorts are
 * served.  Answers are kube-proxy's, to the byte.  A port that is already in
 * use is logged, reported to `failed`, and tried again.
 */
#ifndef KEELSON_PROXY_HEALTHPORTS_H
#define KEELSON_PROXY_HEALTHPORTS_H

#include "kube-proxy-mini/model/env.h"
#include "kube-proxy-mini/status/health.h"
#include "lib/net/loop.h"

#define HEALTHPORTS_MAX      1024 /* served; those above are left out */
#define HEALTHPORTS_ADDRS    (ENV_ADDRS_MAX + MODEL_FAMILIES)
#define HEALTHPORTS_BUCKETS  256
#define HEALTHPORTS_RETRY_MS 5000 /* a port that is taken is tried again */

/* A Service to answer for; the name is copied. */
struct healthports_service {
	const char *name; /* "namespace/name" */
	uint16_t port;
	bool has_family[MODEL_FAMILIES];
	uint32_t local_endpoints[MODEL_FAMILIES]; /* ready ones on this node */
};

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
	struct healthport *by_port[HEALTHPORTS_BUCKETS];
	struct model_ip addresses[HEALTHPORTS_ADDRS];
	size_t n_addresses;
	struct loop_timer retry;

	/* to be read */
	size_t n_over; /* ports that are left out */
};

/*
 * Listen at these addresses and no others, at most HEALTHPORTS_ADDRS; all zeros
 * stand for every address of the family.
 */
void healthports_set_addresses(
	struct healthports *h, const struct model_ip *list, size_t n);

/*
 * Listen for these Services and no others; of more than HEALTHPORTS_MAX, for
 * those with the lowest ports.  Sorts the list.
 */
void healthports_set(
	struct healthports *h, struct healthports_service *list, size_t n);

void healthports_close(struct healthports *h);

/*
 * The body of an answer; returns its status, 200 or 503.  Pure.
 * @service  "namespace/name"
 */
unsigned int healthports_write(struct str service, uint32_t local_endpoints,
	bool is_healthy, struct buf *out);

#endif
