/*
 * large - a crowd is used while the record that it describes is the one that
 * the entry has, or is on its way to.  Whatever fails, the crowd is dropped:
 * planning from all slices needs none.
 */
#include "kube-proxy-mini/plan/large.h"

#include <stddef.h>

void large_drop(struct model_entry *n)
{
	crowd_free(n->crowd);
	n->crowd = NULL;
}

void large_note_record(struct model_entry *n, const struct record *next)
{
	if (n->crowd && next)
		n->crowd->record = next;
	else
		large_drop(n);
}

const struct record *large_planned(const struct model_entry *n)
{
	return n->target ? n->target : n->applied;
}

/* Using one. */

static bool is_current(const struct model_entry *n)
{
	const struct record *planned = large_planned(n);

	return planned && n->crowd->record == planned && n->is_followed &&
	       !n->is_left_out;
}

const struct crowd *large_crowd(const struct model_entry *n)
{
	/* of a dirty entry, only one that is on its way is known as it is */
	if (!n->crowd || !is_current(n) || (n->is_dirty && !n->target))
		return NULL;
	return n->crowd;
}

static int take_changes(
	struct model_entry *n, const struct env *env, struct arena *a)
{
	struct str zone = str_of(env->zone);
	const struct model_read_slice *gone, *come;

	if (model_read_some(n, MODEL_GONE_SLICES, zone, a, &gone) < 0 ||
		model_read_some(n, MODEL_NEW_SLICES, zone, a, &come) < 0)
		return -1;
	crowd_remove_slices(n->crowd, gone);
	if (crowd_add_slices(n->crowd, come) < 0)
		return -1;
	return crowd_settle(n->crowd, a);
}

struct crowd *large_update(struct model_entry *n, const struct env *env,
	uint32_t from, struct arena *a)
{
	if (!n->crowd)
		return NULL;
	if (!is_current(n) || take_changes(n, env, a) < 0 ||
		n->crowd->n_members < from / 2)
		large_drop(n);
	return n->crowd;
}

/* Making one. */

static bool is_large(const struct plan *plan, uint32_t from)
{
	size_t n = 0;

	if (plan->endpoints_over)
		return false;
	for (const struct model_read_slice *s = plan->slices; s; s = s->next)
		n += s->n_endpoints;
	return n >= from;
}

static int add_ports(struct crowd *c, const struct plan *plan)
{
	for (const struct plan_port *p = plan->ports; p; p = p->next)
		if (crowd_add_port(c, &(struct views_port){p->name, p->proto,
					      p->family}) < 0)
			return -1;
	return 0;
}

static void note_groups(struct crowd *c, const struct record *r)
{
	for (uint32_t i = 0; i < r->n_groups; i++) {
		const struct record_group *g = &r->groups[i];
		struct crowd_port *p = crowd_find(
			c, &(struct views_port){g->port_name, g->proto,
				   (enum model_family)g->family});

		if (p)
			crowd_note_group(p, g);
	}
}

void large_follow(struct model_entry *n, const struct plan *plan,
	const struct record *next, uint32_t from, struct arena *a)
{
	large_drop(n);
	if (!next || !is_large(plan, from))
		return;
	n->crowd = crowd_make();
	if (!n->crowd)
		return;
	if (add_ports(n->crowd, plan) < 0 ||
		crowd_add_slices(n->crowd, plan->slices) < 0 ||
		crowd_settle(n->crowd, a) < 0) {
		large_drop(n);
		return;
	}
	note_groups(n->crowd, next);
	n->crowd->record = next;
}
