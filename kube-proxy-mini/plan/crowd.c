/*
 * crowd - a list of ports, each with its members; what slices do to them is
 * in crowd_settle.c.
 */
#include "kube-proxy-mini/plan/crowd.h"

#include "kube-proxy-mini/plan/crowd_settle.h"

#include <stdlib.h>
#include <string.h>

struct crowd *crowd_make(void)
{
	return calloc(1, sizeof(struct crowd));
}

void crowd_free(struct crowd *c)
{
	for (size_t i = 0; c && i < c->n_ports; i++) {
		members_free(&c->ports[i].members);
		free((void *)(uintptr_t)c->ports[i].what.name.p);
	}
	if (c)
		free(c->ports);
	free(c);
}

struct crowd_port *crowd_find(
	const struct crowd *c, const struct views_port *port)
{
	for (size_t i = 0; i < c->n_ports; i++) {
		struct crowd_port *p = &c->ports[i];

		if (p->what.proto == port->proto &&
			p->what.family == port->family &&
			str_eq(p->what.name, port->name))
			return p;
	}
	return NULL;
}

int crowd_add_port(struct crowd *c, const struct views_port *port)
{
	struct crowd_port *list, *p;
	char *name;

	if (crowd_find(c, port))
		return 0;
	list = realloc(c->ports, (c->n_ports + 1) * sizeof(*list));
	if (!list)
		return -1;
	c->ports = list;
	name = malloc(port->name.n + 1);
	if (!name)
		return -1;
	memcpy(name, port->name.p, port->name.n);
	p = &c->ports[c->n_ports++];
	*p = (struct crowd_port){.what = *port};
	p->what.name.p = name;
	return 0;
}

/* Slices. */

static size_t count_members(const struct crowd *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_ports; i++)
		n += c->ports[i].members.n_live + c->ports[i].members.n_over;
	return n;
}

static int walk_ports(struct crowd *c, const struct model_read_slice *slices,
	crowd_step *step)
{
	for (size_t i = 0; i < c->n_ports; i++)
		if (crowd_port_walk(&c->ports[i], slices, step) < 0)
			return -1;
	c->n_members = count_members(c);
	return c->n_members <= MEMBERS_MAX ? 0 : -1;
}

int crowd_add_slices(struct crowd *c, const struct model_read_slice *slices)
{
	return walk_ports(c, slices, members_add);
}

void crowd_remove_slices(struct crowd *c, const struct model_read_slice *slices)
{
	walk_ports(c, slices, members_remove);
}

static bool has_excess(const struct crowd_port *p)
{
	return p->in_view[PLAN_CLUSTER] > PLAN_ENDPOINTS_MAX ||
	       p->in_view[PLAN_LOCAL] > PLAN_ENDPOINTS_MAX;
}

int crowd_settle(struct crowd *c, struct arena *a)
{
	for (size_t i = 0; i < c->n_ports; i++)
		if (crowd_port_settle(&c->ports[i], a) < 0 ||
			has_excess(&c->ports[i]))
			return -1;
	return 0;
}

/* Answers. */

void crowd_views(const struct crowd_port *p, struct views *out)
{
	*out = (struct views){.has_any = p->choice.has_any};
	for (int v = 0; v < PLAN_VIEWS; v++)
		out->list[v].n = p->in_view[v];
}

int crowd_list(const struct crowd_port *p, enum plan_view view, struct arena *a,
	struct plan_endpoints *out)
{
	out->list = arena_alloc(a, p->in_view[view] * sizeof(*out->list) + 1);
	out->n = 0;
	if (!out->list)
		return -1;
	for (uint32_t i = 1; i < p->members.n; i++)
		if (crowd_has(p, view, &p->members.list[i]))
			out->list[out->n++] =
				crowd_endpoint_of(&p->members.list[i]);
	if (out->n > 1)
		qsort(out->list, out->n, sizeof(*out->list), views_compare);
	return 0;
}

/* Those that are too many are the last ones. */
static int list_some(const struct crowd_port *p, enum plan_view view,
	struct arena *a, struct views *out)
{
	struct plan_endpoints *v = &out->list[view];

	if (crowd_list(p, view, a, v) < 0)
		return -1;
	if (v->n > PLAN_ENDPOINTS_MAX) {
		out->n_over += v->n - PLAN_ENDPOINTS_MAX;
		v->n = PLAN_ENDPOINTS_MAX;
	}
	return 0;
}

int crowd_list_all(struct crowd_port *p, const struct model_read_slice *slices,
	struct arena *a, struct views *out)
{
	if (crowd_port_walk(p, slices, members_add) < 0 ||
		crowd_port_settle(p, a) < 0)
		return -1;
	crowd_views(p, out);
	out->n_over = p->members.n_over;
	for (int v = 0; v < PLAN_VIEWS; v++)
		if (list_some(p, (enum plan_view)v, a, out) < 0)
			return -1;
	return 0;
}

const struct views_change *crowd_take_change(
	struct crowd_port *p, enum plan_view view)
{
	if (!p->has_change[view])
		return NULL;
	p->is_noted[view] = true;
	return &p->change[view];
}

void crowd_judge(const struct crowd_port *p, struct views_flow *flow)
{
	const struct member *m =
		members_find(&p->members, flow->ip->b, flow->port);

	flow->is_served |= m && m->is_serving;
	flow->has_others |= p->serving > 0;
}

/* Slots. */

void crowd_note_slot(struct crowd_port *p, enum plan_view view,
	const struct plan_endpoint *at, uint32_t slot)
{
	struct member *m = members_find(&p->members, at->ip, at->port);

	if (m)
		m->slot[view] = slot + 1;
}

void crowd_note_group(struct crowd_port *p, const struct record_group *g)
{
	enum plan_view view = (enum plan_view)g->view;

	p->is_noted[view] = true;
	for (uint32_t i = 1; i < p->members.n; i++)
		p->members.list[i].slot[view] = 0;
	for (uint32_t i = 0; i < g->n; i++)
		crowd_note_slot(p, view, record_slot(g, i), i);
}
