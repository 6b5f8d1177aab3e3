/*
 * plan - what a Service must become on this node.
 *
 * From a Service, its slices and the environment: for each port and family
 * its endpoints (views.h), and for each address which view serves clients from
 * inside and from outside, and whether these are masqueraded.  A Service
 * without any endpoint rejects; one whose policy finds none on this node
 * drops.  Pure: everything is allocated in the caller's arena, and texts are
 * views of the model.
 */
#ifndef KEELSON_PROXY_PLAN_H
#define KEELSON_PROXY_PLAN_H

#include "kube-proxy-mini/model/env.h"
#include "kube-proxy-mini/plan/crowd.h"
#include "kube-proxy-mini/plan/family.h"
#include "kube-proxy-mini/plan/ranges.h"
#include "kube-proxy-mini/plan/views.h"
#include "kube-proxy-mini/ruleset/sets.h"

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

struct plan_port {
	struct plan_port *next;
	struct str name;
	uint8_t proto;
	enum model_family family;
	uint32_t affinity_s;                     /* 0: none */
	bool has_endpoints;                      /* somewhere in the cluster */
	struct plan_endpoints views[PLAN_VIEWS]; /* no lists with a crowd */
	struct crowd_port *crowd;   /* who knows the endpoints, or NULL */
	uint32_t group[PLAN_VIEWS]; /* in the draft, from 1; 0: none */
	const struct plan_address *addresses;
	size_t n_addresses;
	struct plan_ranges ranges; /* for balancer addresses */
};

struct plan {
	struct plan_port *ports;
	const struct model_read_slice *slices; /* that were read for it */
	/* the healthCheckNodePort, 0: none, and what it reports */
	uint16_t health_port;
	size_t endpoints_over; /* left out: beyond PLAN_ENDPOINTS_MAX */
	struct plan_family families[MODEL_FAMILIES];
};

struct plan_input {
	const struct model_entry *entry;
	const struct env *env;
	const struct crowd *crowd; /* that knows the slices; NULL: none does */
	struct members *scratch;   /* memory to gather endpoints without one */
};

/*
 * -1 only when the arena is full or memory is out, or when the crowd lacks a
 * port.  No Service: an empty plan.
 */
int plan_make(const struct plan_input *in, struct arena *a, struct plan *out);

#endif
