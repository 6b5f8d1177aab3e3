/*
 * crowd - the endpoints of a Service that has very many, kept from one plan to
 * the next, so that a change costs what its slices hold and not what the
 * Service holds.
 *
 * It knows every candidate by its address and port, counts them by their
 * flags, and remembers in which slot of which group each one is.  What it
 * answers is what views.h would from all slices.
 *
 * A crowd describes one record.  When that one is not applied, or when memory
 * is out, the planner drops the crowd and plans from all slices, which makes
 * another.
 */
#ifndef KEELSON_PROXY_CROWD_H
#define KEELSON_PROXY_CROWD_H

#include "kube-proxy-mini/plan/crowd_port.h"
#include "kube-proxy-mini/plan/record.h"
#include "lib/base/arena.h"

#define CROWD_MEMBERS_MAX (1u << 20) /* of all ports of a Service */

struct crowd {
	const struct record *record; /* that it describes */
	struct crowd_port *ports;
	size_t n_ports, n_members;
};

/* An empty crowd; NULL: no memory. */
struct crowd *crowd_make(void);
void crowd_free(struct crowd *c);

/* Add a port, then its slices; -1: no memory, or too many members. */
int crowd_add_port(struct crowd *c, const struct views_port *port);
int crowd_add_slices(struct crowd *c, const struct model_read_slice *slices);
void crowd_remove_slices(
	struct crowd *c, const struct model_read_slice *slices);

/*
 * After that: count what was touched and choose.  -1: the arena is full, or a
 * view has more endpoints than it may have.
 */
int crowd_settle(struct crowd *c, struct arena *a);

/* NULL when the crowd has no such port. */
struct crowd_port *crowd_find(
	const struct crowd *c, const struct views_port *port);

/* The two views without their lists, as views_make(). */
void crowd_views(const struct crowd_port *p, struct views *out);

/* The endpoints of a view, as views_make() lists them.  -1: arena full. */
int crowd_list(const struct crowd_port *p, enum plan_view view, struct arena *a,
	struct plan_endpoints *out);

/*
 * What has changed since the slots were noted, in the arena of crowd_settle();
 * NULL: all may have.  Whoever takes it notes the new slots.
 */
const struct crowd_change *crowd_take_change(
	struct crowd_port *p, enum plan_view view);

/* Set the flow's two truths if endpoints serve, as views_judge(). */
void crowd_judge(const struct crowd_port *p, struct views_flow *flow);

/* Where an endpoint is from now on. */
void crowd_note_slot(struct crowd_port *p, enum plan_view view,
	const struct plan_endpoint *at, uint32_t slot);

/* Note all slots of a group; those of a group that was are forgotten. */
void crowd_note_group(struct crowd_port *p, const struct record_group *g);

#endif
