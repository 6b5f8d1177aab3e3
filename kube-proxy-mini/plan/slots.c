/*
 * slots - in two passes: first the endpoints that remain, found by binary
 * search in the sorted view, then all others in order.  Endpoints always fill
 * the slots from 0 on without a gap.
 */
#include "kube-proxy-mini/plan/slots.h"

#include <stdlib.h>
#include <string.h>

#define NO_SLOT UINT32_MAX

static struct plan_endpoint *find_endpoint(
	const struct plan_endpoints *v, const struct plan_endpoint *p)
{
	return v->n ? bsearch(p, v->list, v->n, sizeof(*v->list), views_compare)
		    : NULL;
}

/* Which endpoint is placed where. */
struct placing {
	uint32_t *slot_of; /* by index in the view */
	bool *is_taken;    /* by slot */
};

static void keep_slots(const struct plan_endpoints *v,
	const struct record_group *was, bool has_ids, struct placing *to)
{
	for (size_t i = 0; i < v->n; i++)
		to->slot_of[i] = NO_SLOT;
	for (uint32_t s = 0; was && s < was->n; s++) {
		const struct plan_endpoint *old = record_slot(was, s);
		struct plan_endpoint *p = find_endpoint(v, old);

		if (!p)
			continue;
		if (has_ids)
			p->id = old->id;
		if (s >= v->n)
			continue;
		to->slot_of[p - v->list] = s;
		to->is_taken[s] = true;
	}
}

int slots_place(const struct numbers_for *f, struct arena *a,
	const struct plan_endpoints *v, const struct record_group *was,
	struct record_group *g)
{
	uint32_t n = (uint32_t)v->n, free_slot = 0;
	struct placing to = {
		.slot_of = arena_alloc(a, n * sizeof(*to.slot_of) + 1),
		.is_taken = arena_alloc(a, n + 1),
	};

	g->slots = arena_alloc(a, n * sizeof(*g->slots) + 1);
	if (!to.slot_of || !to.is_taken || !g->slots)
		return -1;
	keep_slots(v, was, g->affinity_s && was && was->affinity_s, &to);
	for (uint32_t i = 0; i < n; i++) {
		if (to.slot_of[i] == NO_SLOT) {
			while (to.is_taken[free_slot])
				free_slot++;
			to.slot_of[i] = free_slot++;
		}
		if (g->affinity_s && !v->list[i].id)
			v->list[i].id = numbers_id(f, v, g, &v->list[i]);
		g->slots[to.slot_of[i]] = v->list[i];
		g->n_local += v->list[i].is_local;
	}
	g->n = n;
	return 0;
}
