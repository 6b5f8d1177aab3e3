/*
 * crowd_settle - members.h finds the places that slices touched; here they are
 * counted, the views chosen by these counts, and the touched places sorted
 * into those that left a view and those that came into it.
 *
 * A view for which other flags count than before has no change to report: it is
 * listed whole.
 */
#include "kube-proxy-mini/plan/crowd_settle.h"

#include <stdlib.h>

static int compare_numbers(const void *x, const void *y)
{
	const uint32_t *a = x, *b = y;

	return (*a > *b) - (*a < *b);
}

/* Room for all that was touched, where slots are known. */
static int make_change(
	struct crowd_port *p, enum plan_view view, uint32_t n, struct arena *a)
{
	struct views_change *change = &p->change[view];

	if (!p->is_noted[view])
		return 0;
	*change = (struct views_change){
		.gone = arena_alloc(a, n * sizeof(*change->gone) + 1),
		.came = arena_alloc(a, n * sizeof(*change->came) + 1),
		.turned = arena_alloc(a, n * sizeof(*change->turned) + 1),
	};
	return change->gone && change->came && change->turned ? 0 : -1;
}

static void sort_member(struct crowd_port *p, enum plan_view view,
	struct member *m, bool has_turned)
{
	struct views_change *change = &p->change[view];
	bool is_now_in = crowd_has(p, view, m);
	uint32_t slot = m->slot[view];

	if (slot && !is_now_in) {
		change->gone[change->n_gone++] = slot - 1;
		m->slot[view] = 0;
	} else if (slot && has_turned) {
		change->turned[change->n_turned++] = slot - 1;
	} else if (!slot && is_now_in) {
		change->came[change->n_came++] = crowd_endpoint_of(m);
	}
}

static void finish_change(struct views_change *change)
{
	qsort(change->gone, change->n_gone, sizeof(*change->gone),
		compare_numbers);
	qsort(change->came, change->n_came, sizeof(*change->came),
		views_compare);
	qsort(change->turned, change->n_turned, sizeof(*change->turned),
		compare_numbers);
}

/* Take a member into the counts, or out of them. */
static void count(struct crowd_port *p, const struct member *m, int by)
{
	if (!m->is_counted)
		return;
	choice_count(&p->counts, m->flags, by);
	p->serving += (uint32_t)(m->is_serving * by);
	for (int v = 0; v < PLAN_VIEWS; v++)
		if (crowd_has(p, (enum plan_view)v, m))
			p->in_view[v] += (uint32_t)by;
}

/* Count a touched member again; true when it came to this node or left. */
static bool recount(struct crowd_port *p, struct member *m)
{
	uint8_t was = m->is_counted ? m->flags : 0;

	count(p, m, -1);
	m->is_serving = members_are_serving(&p->members, m);
	m->is_counted = members_best(&p->members, m, &m->flags);
	count(p, m, 1);
	return ((was ^ m->flags) & MODEL_EP_LOCAL) != 0;
}

static void count_view(struct crowd_port *p, enum plan_view view)
{
	p->in_view[view] = 0;
	for (uint32_t i = 1; i < p->members.n; i++)
		p->in_view[view] += crowd_has(p, view, &p->members.list[i]);
}

/* Choose anew; a view for which other flags count is counted whole. */
static void choose(struct crowd_port *p)
{
	struct choice was = p->choice;

	p->choice = choice_make(&p->counts);
	for (int v = 0; v < PLAN_VIEWS; v++) {
		bool same = was.must[v] == p->choice.must[v];

		p->has_change[v] = p->is_noted[v] && same;
		p->is_noted[v] = false;
		if (!same)
			count_view(p, (enum plan_view)v);
	}
}

int crowd_port_settle(struct crowd_port *p, struct arena *a)
{
	struct members *all = &p->members;
	uint32_t n = all->n_touched;
	bool *has_turned = arena_alloc(a, n + 1);

	for (int v = 0; v < PLAN_VIEWS; v++)
		if (make_change(p, (enum plan_view)v, n, a) < 0)
			return -1;
	if (!has_turned)
		return -1;
	for (uint32_t i = 0; i < n; i++)
		has_turned[i] = recount(p, &all->list[all->touched[i]]);
	choose(p);
	for (uint32_t i = 0; i < n; i++) {
		struct member *m = &all->list[all->touched[i]];

		m->is_touched = false;
		for (int v = 0; v < PLAN_VIEWS; v++)
			if (p->has_change[v])
				sort_member(
					p, (enum plan_view)v, m, has_turned[i]);
		if (!m->is_counted)
			members_release(all, all->touched[i]);
	}
	all->n_touched = 0;
	for (int v = 0; v < PLAN_VIEWS; v++)
		if (p->has_change[v])
			finish_change(&p->change[v]);
	return 0;
}
