/*
 * plan - what a Service must become on this node.
 *
 * From a Service, its slices and the environment: for each port and family
 * the endpoints that clients may reach (two views: of the cluster, and local
 * to this node) and for each address which view serves it, from inside and
 * from outside, and whether clients are masqueraded.  Pure; everything is
 * allocated in the caller's arena and views point into the model.
 */
#ifndef KEELSON_PROXY_PLAN_H
#define KEELSON_PROXY_PLAN_H

#include "kube-proxy-mini/env.h"
#include "kube-proxy-mini/model_read.h"
#include "kube-proxy-mini/ruleset.h"

struct plan_endpoint {
	uint8_t ip[16];
	uint16_t port;
	bool is_local;
	uint32_t id; /* for session affinity; diff gives it */
};

enum plan_view { PLAN_CLUSTER, PLAN_LOCAL, PLAN_VIEWS };

struct plan_endpoints {
	struct plan_endpoint *list; /* sorted by address and port, no twins */
	size_t n;
	bool is_used; /* an address sends clients here */
};

enum plan_target {
	PLAN_TO_NOTHING, /* no rule of its own */
	PLAN_TO_CLUSTER,
	PLAN_TO_LOCAL,
	PLAN_TO_REJECT,
	PLAN_TO_DROP,
};

enum plan_kind {
	PLAN_CLUSTER_IP,
	PLAN_BALANCER_IP,
	PLAN_EXTERNAL_IP,
	PLAN_NODE_PORT,
};

struct plan_address {
	struct model_ip ip;
	uint16_t port;
	enum plan_kind kind;
	enum ruleset_masquerade masquerade;
	enum plan_target inside;  /* clients in pods and on this node */
	enum plan_target outside; /* others; PLAN_TO_NOTHING: as inside */
};

/* Endpoints of one port in one view; the kernel gives a slot 16 bits. */
#define PLAN_ENDPOINTS_MAX (RULESET_SLOTS_MAX - 1)

struct plan_port {
	struct plan_port *next;
	struct str name;
	uint8_t proto;
	enum model_family family;
	uint32_t affinity_s;
	struct plan_endpoints views[PLAN_VIEWS];
	const struct plan_address *addresses;
	size_t n_addresses;
	/* clients that balancer addresses accept; none: everybody */
	const struct model_net *ranges;
	size_t n_ranges;
};

struct plan {
	struct plan_port *ports;
	const struct model_ip *cluster_ips;
	size_t n_cluster_ips;
	/* what a healthCheckNodePort reports: those ready on this node */
	uint16_t health_port;
	size_t local_endpoints;
	size_t endpoints_over; /* left out: beyond PLAN_ENDPOINTS_MAX */
	/* externalTrafficPolicy / internalTrafficPolicy Local, none local */
	bool lacks_local_external, lacks_local_internal;
};

/* -1 only when the arena is full. No Service: an empty plan. */
int plan_make(const struct model_entry *n, const struct env *env,
	struct arena *a, struct plan *out);

#endif
