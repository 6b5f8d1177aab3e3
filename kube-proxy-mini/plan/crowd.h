/*
 * crowd - who the endpoints of a Service are.
 *
 * It knows every candidate by its address and port, counts them by their
 * flags, and chooses the views by these counts.
 *
 * Most Services are gathered anew for each plan (crowd_list_all).  The crowd
 * of one that has very many endpoints is kept from one plan to the next, with
 * the slot that each endpoint has, so that a change costs what its slices hold
 * and not what the Service holds.  Such a crowd describes one record.  When
 * that one is not applied, or when memory is out, the planner drops the crowd
 * and gathers anew, which makes another.
 */
#ifndef KEELSON_PROXY_CROWD_H
#define KEELSON_PROXY_CROWD_H

#include "kube-proxy-mini/plan/crowd_port.h"
#include "kube-proxy-mini/plan/record.h"
#include "lib/base/arena.h"

struct crowd {
	const struct record *record; /* that it describes */
	struct crowd_port *ports;
	size_t n_ports;
	size_t n_members; /* of all ports, at most MEMBERS_MAX */
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

/* The two views without their lists. */
void crowd_views(const struct crowd_port *p, struct views *out);

/*
 * A port that was empty, for once: its views with their lists, from all
 * slices.  -1: no memory, or the arena is full.
 */
int crowd_list_all(struct crowd_port *p, const struct model_read_slice *slices,
	struct arena *a, struct views *out);

/* The endpoints of a view.  -1: arena full. */
int crowd_list(const struct crowd_port *p, enum plan_view view, struct arena *a,
	struct plan_endpoints *out);

/*
 * What has changed since the slots were noted, in the arena of crowd_settle();
 * NULL: all may have.  Whoever takes it notes the new slots.
 */
const struct views_change *crowd_take_change(
	struct crowd_port *p, enum plan_view view);

/* Set the flow's two truths if endpoints serve, as views_judge(). */
void crowd_judge(const struct crowd_port *p, struct views_flow *flow);

/* Where an endpoint is from now on. */
void crowd_note_slot(struct crowd_port *p, enum plan_view view,
	const struct plan_endpoint *at, uint32_t slot);

/* Note all slots of a group; those of a group that was are forgotten. */
void crowd_note_group(struct crowd_port *p, const struct record_group *g);

#endif
