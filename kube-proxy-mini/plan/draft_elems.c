/*
 * draft_elems - writes the elements of each port's addresses and of the
 * endpoints on this node, then sorts them by key.  When two have the same key,
 * the one that was added first counts.
 */
#include "kube-proxy-mini/plan/draft_elems.h"

#include <stdlib.h>
#include <string.h>

/* How many elements there are at most. */
static size_t count_most(const struct plan *plan, const struct record *r)
{
	size_t lists[MODEL_FAMILIES] = {0}, n;

	for (const struct plan_port *p = plan->ports; p; p = p->next)
		lists[p->family] = p->ranges.n; /* of every port of it */
	n = lists[MODEL_V4] + lists[MODEL_V6];
	for (const struct plan_port *p = plan->ports; p; p = p->next)
		n += p->n_addresses * 4;
	for (uint32_t i = 0; i < r->n_groups; i++)
		n += r->groups[i].n_local;
	return n;
}

static struct elem *add_elem(
	struct record *r, enum ruleset_set set, const struct model_ip *ip)
{
	struct elem *el = &r->elems[r->n_elems++];

	*el = (struct elem){.set = (uint8_t)set, .family = ip->family};
	memcpy(el->ip, ip->b, sizeof(el->ip));
	return el;
}

/* An address's rank among the claims to it (claims.h). */
static uint8_t rank_of(enum plan_kind kind)
{
	return kind == PLAN_CLUSTER_IP ? 2 : kind == PLAN_NODE_PORT ? 1 : 0;
}

/* The group to which a target leads; NULL when it leads to none. */
static const struct record_group *group_of(
	const struct record *r, const struct plan_port *p, enum plan_target to)
{
	enum plan_view view = to == PLAN_TO_LOCAL ? PLAN_LOCAL : PLAN_CLUSTER;

	if (to != PLAN_TO_CLUSTER && to != PLAN_TO_LOCAL)
		return NULL;
	return &r->groups[p->group[view] - 1];
}

static uint32_t reject_class(enum plan_kind kind)
{
	return class_make(CLASS_REJECT,
		kind == PLAN_NODE_PORT ? CLASS_AT_INPUT : 0, false);
}

static void add_service(struct record *r, const struct plan_port *p,
	const struct plan_address *at, bool is_outside)
{
	enum plan_target to = is_outside ? at->outside : at->inside;
	struct elem *el = add_elem(
		r, is_outside ? RULESET_OUTSIDE : RULESET_SERVICES, &at->ip);
	const struct record_group *g = group_of(r, p, to);

	el->proto = p->proto;
	el->port = at->port;
	el->bits = rank_of(at->kind);
	el->of.masquerade = at->masquerade;
	el->of.class = g                    ? g->class_inside
		       : to == PLAN_TO_DROP ? CLASS_DROP
					    : reject_class(at->kind);
	el->of.group = g ? g->id : 0;
	if (is_outside)
		el->of.class |= CLASS_OUTSIDE;
}

/* This address admits only clients of the Service's list. */
static void restrict_address(struct record *r, const struct plan_port *p,
	const struct plan_address *at)
{
	struct elem *el = add_elem(r, RULESET_RANGES_ON, &at->ip);

	el->proto = p->proto;
	el->port = at->port;
	el->of.id = r->range_lists[p->family];
}

/* All addresses and ports of a family share one list. */
static void add_ranges(struct record *r, const struct plan_port *p)
{
	const struct model_ip none = {.family = (uint8_t)p->family};

	for (size_t i = 0; i < p->ranges.n; i++) {
		const struct model_net *net = &p->ranges.list[i];
		struct elem *el = add_elem(r, RULESET_RANGES, &none);

		elem_set_list(el, r->range_lists[p->family]);
		el->bits = net->bits;
		memcpy(el->client, net->ip.b, sizeof(el->client));
	}
}

static bool is_restricted(
	const struct plan_port *p, const struct plan_address *at)
{
	return at->kind == PLAN_BALANCER_IP && p->ranges.n > 0;
}

static bool has_restricted(const struct plan_port *p)
{
	for (size_t i = 0; i < p->n_addresses; i++)
		if (is_restricted(p, &p->addresses[i]))
			return true;
	return false;
}

static void add_lists(struct record *r, const struct plan *plan)
{
	bool has_list[MODEL_FAMILIES] = {false};

	for (const struct plan_port *p = plan->ports; p; p = p->next)
		if (!has_list[p->family] && has_restricted(p)) {
			add_ranges(r, p);
			has_list[p->family] = true;
		}
}

static void add_addresses(struct record *r, const struct plan_port *p)
{
	for (size_t i = 0; i < p->n_addresses; i++) {
		const struct plan_address *at = &p->addresses[i];

		if (at->kind == PLAN_CLUSTER_IP)
			add_elem(r, RULESET_CLUSTER_IPS, &at->ip);
		if (is_restricted(p, at))
			restrict_address(r, p, at);
		add_service(r, p, at, false);
		if (at->outside != PLAN_TO_NOTHING)
			add_service(r, p, at, true);
	}
}

static void add_hairpins(struct record *r, const struct record_group *g)
{
	struct model_ip ip = {.family = g->family};

	for (uint32_t i = 0, left = g->n_local; left > 0 && i < g->n; i++) {
		const struct plan_endpoint *p = record_slot(g, i);

		if (!p->is_local)
			continue;
		memcpy(ip.b, p->ip, sizeof(ip.b));
		add_elem(r, RULESET_HAIRPIN, &ip);
		left--;
	}
}

/* By key, then in the order in which they were added. */
static int compare_elems(const void *x, const void *y)
{
	const struct elem *a = x, *b = y;
	int d = elem_compare(a, b);

	return d ? d : (a->spare > b->spare) - (a->spare < b->spare);
}

static void sort_elems(struct record *r)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < r->n_elems; i++)
		r->elems[i].spare = (uint16_t)(i < UINT16_MAX ? i : UINT16_MAX);
	qsort(r->elems, r->n_elems, sizeof(*r->elems), compare_elems);
	for (uint32_t i = 0; i < r->n_elems; i++)
		if (!n || elem_compare(&r->elems[n - 1], &r->elems[i]) != 0)
			r->elems[n++] = r->elems[i];
	r->n_elems = n;
	for (uint32_t i = 0; i < n; i++)
		r->elems[i].spare = 0;
}

int draft_elems(const struct plan *plan, struct arena *a, struct record *next)
{
	next->elems = arena_alloc(
		a, count_most(plan, next) * sizeof(*next->elems) + 1);
	if (!next->elems)
		return -1;
	for (const struct plan_port *p = plan->ports; p; p = p->next)
		add_addresses(next, p);
	add_lists(next, plan);
	for (uint32_t i = 0; i < next->n_groups; i++)
		add_hairpins(next, &next->groups[i]);
	sort_elems(next);
	return 0;
}
