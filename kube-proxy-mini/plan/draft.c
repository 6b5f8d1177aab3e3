/*
 * draft - builds a record in an arena and copies it into its block when its
 * size is known.
 *
 * First the groups: one for each view of a port that an address uses.  Then
 * the elements that lead to them (draft_elems.c).
 */
#include "kube-proxy-mini/plan/draft.h"

#include "kube-proxy-mini/plan/draft_elems.h"
#include "kube-proxy-mini/plan/slots.h"
#include "kube-proxy-mini/plan/slots_patch.h"
#include "lib/base/log.h"

#include <string.h>

struct group_index {
	const struct record_group *groups;
	uint32_t *at; /* numbers of groups, from 1; 0: free */
	size_t size;  /* a power of two */
};

struct draft {
	const struct draft_input *in;
	struct arena *arena;
	struct record next; /* its lists are in the arena */
	struct group_index was, now;
};

/* A hash table from what groups stand for to their places in a list. */

static size_t index_place(
	const struct group_index *x, const struct record_group *g)
{
	uint32_t mix[] = {index_hash(g->port_name.p, g->port_name.n), g->view,
		g->family, g->proto, g->affinity_s != 0};

	return index_hash(mix, sizeof(mix)) & (x->size - 1);
}

static bool is_same_group(
	const struct record_group *a, const struct record_group *b)
{
	return a->view == b->view && a->family == b->family &&
	       a->proto == b->proto && !a->affinity_s == !b->affinity_s &&
	       str_eq(a->port_name, b->port_name);
}

/* The group's number, from 1; 0 when it is not there. */
static uint32_t index_seek(
	const struct group_index *x, const struct record_group *g)
{
	size_t at = index_place(x, g);

	while (x->at[at] && !is_same_group(&x->groups[x->at[at] - 1], g))
		at = (at + 1) & (x->size - 1);
	return x->at[at];
}

static void index_enter(struct group_index *x, uint32_t number)
{
	size_t at = index_place(x, &x->groups[number - 1]);

	while (x->at[at])
		at = (at + 1) & (x->size - 1);
	x->at[at] = number;
}

/* For at most n groups of that list; -1: the arena is full. */
static int index_make(struct group_index *x, struct arena *a,
	const struct record_group *groups, size_t n)
{
	x->groups = groups;
	x->size = 4;
	while (x->size < 2 * n)
		x->size *= 2;
	x->at = arena_alloc(a, x->size * sizeof(*x->at));
	return x->at ? 0 : -1;
}

static int make_indexes(struct draft *d, size_t n_next)
{
	const struct record *was = d->in->was;
	size_t n = was ? was->n_groups : 0;

	if (index_make(&d->was, d->arena, was ? was->groups : NULL, n) < 0 ||
		index_make(&d->now, d->arena, d->next.groups, n_next) < 0)
		return -1;
	for (uint32_t i = 1; i <= n; i++)
		index_enter(&d->was, i);
	return 0;
}

static int make_room(struct draft *d)
{
	struct record *r = &d->next;
	size_t ports = 0;

	for (struct plan_port *p = d->in->plan->ports; p; p = p->next)
		ports++;
	r->groups = arena_alloc(
		d->arena, ports * PLAN_VIEWS * sizeof(*r->groups) + 1);
	return !r->groups ? -1 : make_indexes(d, ports * PLAN_VIEWS);
}

/* The slots of a group of which nobody has followed what changed. */
static int place_all(const struct numbers_for *f, struct arena *a,
	struct plan_port *p, const struct record_group *was,
	struct record_group *g)
{
	struct plan_endpoints *v = &p->views[g->view];
	struct views_change change;
	struct slots_patch patch = {f, &change, NULL, was};

	if (p->crowd && crowd_list(p->crowd, (enum plan_view)g->view, a, v) < 0)
		return -1;
	if (slots_compare(v, was, a, &change) < 0 ||
		slots_patch(&patch, (uint32_t)v->n, a, g) < 0)
		return -1;
	if (p->crowd)
		crowd_note_group(p->crowd, g);
	return 0;
}

static int place(const struct numbers_for *f, struct arena *a,
	struct plan_port *p, const struct record_group *was,
	struct record_group *g)
{
	static const struct record_group none;
	enum plan_view view = (enum plan_view)g->view;
	struct slots_patch patch = {f, NULL, p->crowd, was};

	if (p->crowd && was)
		patch.change = crowd_take_change(p->crowd, view);
	if (patch.change)
		return slots_patch(&patch, (uint32_t)p->views[view].n, a, g);
	return place_all(f, a, p, was ? was : &none, g);
}

/* The applied group for the same endpoints, or that of other affinity. */
static const struct record_group *find_former(const struct draft *d,
	const struct record_group *g, bool has_other_affinity)
{
	struct record_group sought = *g;
	uint32_t former;

	if (has_other_affinity)
		sought.affinity_s = !g->affinity_s;
	former = index_seek(&d->was, &sought);
	return former ? &d->in->was->groups[former - 1] : NULL;
}

/* Make the group whose head stands at the end of the list. */
static int fill_group(struct draft *d, struct plan_port *p,
	struct record_group *g, uint32_t timeout)
{
	struct numbers_for f = {
		d->in->numbers, d->in->entry, d->in->was, &d->next};
	const struct record_group *same = find_former(d, g, false);
	/* its slots serve a group that differs in affinity only */
	const struct record_group *was = same ? same : find_former(d, g, true);

	g->id = same ? same->id : numbers_group(&f, g);
	if (place(&f, d->arena, p, was, g) < 0)
		return -1;
	g->class_inside = class_make(class_slots_for(g->n), timeout, false);
	return 0;
}

static int add_group(struct draft *d, struct plan_port *p, enum plan_view view)
{
	struct record_group *g = &d->next.groups[d->next.n_groups];
	uint32_t timeout = numbers_timeout(d->in->numbers, p->affinity_s);

	*g = (struct record_group){.port_name = p->name,
		.proto = p->proto,
		.family = (uint8_t)p->family,
		.view = (uint8_t)view,
		.affinity_s = d->in->numbers->timeouts[timeout]};
	if (g->affinity_s != p->affinity_s)
		d->next.is_affinity_rounded = true;
	/* two ports of one name, which the API forbids, share their group */
	p->group[view] = index_seek(&d->now, g);
	if (p->group[view])
		return 0;
	if (fill_group(d, p, g, timeout) < 0)
		return -1;
	p->group[view] = ++d->next.n_groups;
	index_enter(&d->now, p->group[view]);
	return 0;
}

static int make_groups(struct draft *d)
{
	for (struct plan_port *p = d->in->plan->ports; p; p = p->next)
		for (int v = 0; v < PLAN_VIEWS; v++)
			if (p->views[v].is_used &&
				add_group(d, p, (enum plan_view)v) < 0)
				return -1;
	return 0;
}

static void warn_of_timeout(const struct model_entry *n)
{
	log_event(LOG_WARN,
		"too many different affinity timeouts: this Service has a "
		"longer one",
		"service", n->name, NULL);
}

/* A list keeps its number; a Service that has none yet gets one. */
static void number_lists(struct draft *d)
{
	const struct record *was = d->in->was;

	for (int f = 0; f < MODEL_FAMILIES; f++)
		d->next.range_lists[f] = was ? was->range_lists[f] : 0;
	for (const struct plan_port *p = d->in->plan->ports; p; p = p->next)
		if (p->ranges.n > 0 && d->next.range_lists[p->family] == 0)
			d->next.range_lists[p->family] =
				numbers_list(d->in->numbers);
}

int draft_record(const struct draft_input *in, struct arena *a,
	struct record **out, struct err *e)
{
	const struct plan *plan = in->plan;
	struct draft d = {.in = in,
		.arena = a,
		.next = {
			.health_port = plan->health_port,
			.endpoints_over = (uint32_t)plan->endpoints_over,
		}};

	*out = NULL;
	number_lists(&d);
	memcpy(d.next.families, plan->families, sizeof(d.next.families));
	if (!plan->ports)
		return 0;
	if (make_room(&d) < 0 || make_groups(&d) < 0 ||
		draft_elems(plan, a, &d.next) < 0) {
		record_drop_chunks(&d.next);
		return err_kind(e, ERR_LIMIT, "too large to plan");
	}
	if (d.next.is_affinity_rounded)
		warn_of_timeout(in->entry);
	record_sort_groups(&d.next);
	*out = record_copy(&d.next, in->flat_max);
	if (*out)
		return 0;
	record_drop_chunks(&d.next);
	return err_kind(e, ERR_LIMIT, "out of memory");
}
