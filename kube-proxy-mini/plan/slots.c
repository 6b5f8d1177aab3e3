/*
 * slots - looks each endpoint of the group up in the view, which is sorted;
 * what is left of the view then has come.
 */
#include "kube-proxy-mini/plan/slots.h"

#include <stdlib.h>

static const struct plan_endpoint *find_endpoint(
	const struct plan_endpoints *v, const struct plan_endpoint *p)
{
	return v->n ? bsearch(p, v->list, v->n, sizeof(*v->list), views_compare)
		    : NULL;
}

/* Note what has gone or turned; mark in the view what stays. */
static void compare_group(const struct plan_endpoints *v,
	const struct record_group *was, bool *stays, struct views_change *out)
{
	for (uint32_t s = 0; s < was->n; s++) {
		const struct plan_endpoint *old = record_slot(was, s);
		const struct plan_endpoint *p = find_endpoint(v, old);

		if (!p) {
			out->gone[out->n_gone++] = s;
			continue;
		}
		stays[p - v->list] = true;
		if (p->is_local != old->is_local)
			out->turned[out->n_turned++] = s;
	}
}

int slots_compare(const struct plan_endpoints *v,
	const struct record_group *was, struct arena *a,
	struct views_change *out)
{
	bool *stays = arena_alloc(a, v->n + 1);

	*out = (struct views_change){
		.gone = arena_alloc(a, was->n * sizeof(*out->gone) + 1),
		.came = arena_alloc(a, v->n * sizeof(*out->came) + 1),
		.turned = arena_alloc(a, was->n * sizeof(*out->turned) + 1),
	};
	if (!stays || !out->gone || !out->came || !out->turned)
		return -1;
	compare_group(v, was, stays, out);
	for (size_t i = 0; i < v->n; i++)
		if (!stays[i])
			out->came[out->n_came++] = v->list[i];
	return 0;
}
