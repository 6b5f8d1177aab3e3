/*
 * crowd_port - one port of a crowd: its members, what they count to, and what a
 * change did to its views.
 */
#ifndef KEELSON_PROXY_CROWD_PORT_H
#define KEELSON_PROXY_CROWD_PORT_H

#include "kube-proxy-mini/plan/members.h"

/* What a change did to one view. */
struct crowd_change {
	uint32_t *gone; /* slots, ascending */
	uint32_t n_gone;
	struct plan_endpoint *came; /* by address and port */
	uint32_t n_came;
	uint32_t *turned; /* slots whose endpoint is now on this node, or not */
	uint32_t n_turned;
};

struct crowd_port {
	struct views_port what; /* its name is owned */
	struct members members;
	struct choice_counts counts;
	struct choice choice;
	uint32_t in_view[PLAN_VIEWS];
	uint32_t serving;          /* places where some candidate does */
	bool is_noted[PLAN_VIEWS]; /* members know their slots */
	bool has_change[PLAN_VIEWS];
	struct crowd_change change[PLAN_VIEWS];
};

/* Is a member, as it was counted, in that view? */
bool crowd_has(const struct crowd_port *p, enum plan_view view,
	const struct member *m);

struct plan_endpoint crowd_endpoint_of(const struct member *m);

#endif
