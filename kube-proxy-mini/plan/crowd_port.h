/*
 * crowd_port - one port of a crowd: its members, what they count to, and what a
 * change did to its views.
 */
#ifndef KEELSON_PROXY_CROWD_PORT_H
#define KEELSON_PROXY_CROWD_PORT_H

#include "kube-proxy-mini/plan/members.h"

struct crowd_port {
	struct views_port what; /* the crowd owns its name */
	struct members members;
	struct choice_counts counts;
	struct choice choice;
	uint32_t in_view[PLAN_VIEWS];
	uint32_t serving;          /* places where some candidate does */
	bool is_noted[PLAN_VIEWS]; /* members know their slots */
	bool has_change[PLAN_VIEWS];
	struct views_change change[PLAN_VIEWS];
};

/* Is a member, as it was counted, in that view? */
static inline bool crowd_has(
	const struct crowd_port *p, enum plan_view view, const struct member *m)
{
	return m->is_counted && choice_passes(m->flags, p->choice.must[view]);
}

/* Add or remove (members.h) what slices have of that port; -1: no memory. */
typedef int crowd_step(
	struct members *m, const struct model_read_slice *s, uint16_t port);
int crowd_port_walk(struct crowd_port *p, const struct model_read_slice *slices,
	crowd_step *step);

struct plan_endpoint crowd_endpoint_of(const struct member *m);

#endif
