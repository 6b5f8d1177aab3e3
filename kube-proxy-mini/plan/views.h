/*
 * views - the endpoints of one port that clients may reach.
 *
 * There are two views: of the cluster, and local to this node, for traffic
 * policy Local.  Which endpoints are in them: choice.h; who finds them:
 * crowd.h.
 */
#ifndef KEELSON_PROXY_VIEWS_H
#define KEELSON_PROXY_VIEWS_H

#include "kube-proxy-mini/model/unpack.h"
#include "kube-proxy-mini/plan/choice.h"
#include "kube-proxy-mini/ruleset/class.h"

/* Endpoints of one port in one view; the kernel gives a slot 16 bits. */
#define PLAN_ENDPOINTS_MAX (CLASS_SLOTS_MAX - 1)

struct plan_endpoint {
	uint8_t ip[16];
	uint16_t port;
	bool is_local;
	uint32_t id; /* for session affinity; the draft sets it */
};

struct plan_endpoints {
	struct plan_endpoint *list; /* sorted by address and port, no twins */
	size_t n;
	bool is_used; /* an address sends clients here; the plan sets it */
};

/* What came to a view and went since its endpoints had their slots. */
struct views_change {
	uint32_t *gone; /* slots, ascending */
	uint32_t n_gone;
	struct plan_endpoint *came; /* by address and port */
	uint32_t n_came;
	uint32_t *turned; /* slots whose endpoint is now on this node, or not */
	uint32_t n_turned;
};

/* A slice's port is the Service's when these three match. */
struct views_port {
	struct str name;
	uint8_t proto;
	enum model_family family;
};

struct views {
	struct plan_endpoints list[PLAN_VIEWS];
	bool has_any;  /* some endpoint of the cluster serves */
	size_t n_over; /* left out, beyond PLAN_ENDPOINTS_MAX */
};

/* Endpoints of a slice that a search for the port finds; begin with *i = 0. */
const struct model_slice_port *views_next_port(const struct model_read_slice *s,
	const struct views_port *port, size_t *i);

/* By address and port: below, equal to or above 0. */
int views_compare(const void *x, const void *y);

/*
 * How many ready endpoints on this node slices of that family have, each
 * address once, whatever its ports.  -1: the arena is full.
 */
int64_t views_count_local(const struct model_read_slice *slices,
	enum model_family family, struct arena *a);

/* Who could answer a flow to a port. */
struct views_flow {
	const struct model_ip *ip; /* who answers it now, and the port there */
	uint16_t port;
	bool is_served;  /* that endpoint serves */
	bool has_others; /* some endpoint serves */
};

/* Does an endpoint answer? An existing flow may stay at one that does. */
bool views_is_serving(uint8_t flags);

/* Set the flow's two truths if endpoints of that port serve. */
void views_judge(const struct model_read_slice *slices,
	const struct views_port *port, struct views_flow *flow);

#endif
