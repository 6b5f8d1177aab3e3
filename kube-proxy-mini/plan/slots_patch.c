/*
 * slots_patch - endpoints that came, and those whose slot exists no longer,
 * are sorted and put into the slots that are free, from the lowest on.
 */
#include "kube-proxy-mini/plan/slots_patch.h"

#include <stdlib.h>
#include <string.h>

/* Endpoints to be placed, and the slots that are free for them. */
struct patch {
	struct plan_endpoint *list;
	uint32_t n;
	uint32_t *holes; /* as many, ascending */
};

static int compare_slots(const void *x, const void *y)
{
	const uint32_t *a = x, *b = y;

	return (*a > *b) - (*a < *b);
}

static bool has_slot(const uint32_t *list, uint32_t n, uint32_t slot)
{
	return n > 0 && bsearch(&slot, list, n, sizeof(*list), compare_slots);
}

/* Those whose slot exists no longer. */
static void gather_moved(const struct slots_patch *in,
	const struct record_group *g, struct patch *to)
{
	const struct views_change *change = in->change;
	struct plan_endpoint *p;

	for (uint32_t s = g->n; s < in->was->n; s++) {
		if (has_slot(change->gone, change->n_gone, s))
			continue;
		p = &to->list[to->n++];
		*p = *record_slot(in->was, s);
		p->is_local ^= has_slot(change->turned, change->n_turned, s);
	}
}

/* Those that came, each with its id unless all get theirs later. */
static void gather_came(const struct slots_patch *in,
	const struct record_group *g, struct patch *to)
{
	struct plan_endpoints came = {
		.list = to->list + to->n, .n = in->change->n_came};
	bool has_ids = g->affinity_s && in->was->affinity_s;

	if (came.n > 0)
		memcpy(came.list, in->change->came,
			came.n * sizeof(*came.list));
	for (size_t i = 0; has_ids && i < came.n; i++)
		came.list[i].id =
			numbers_id(in->numbers, &came, g, &came.list[i]);
	to->n += in->change->n_came;
}

static void find_holes(const struct slots_patch *in,
	const struct record_group *g, struct patch *to)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < in->change->n_gone; i++)
		if (in->change->gone[i] < g->n)
			to->holes[n++] = in->change->gone[i];
	for (uint32_t s = in->was->n; s < g->n; s++)
		to->holes[n++] = s;
}

static int make_patch(const struct slots_patch *in,
	const struct record_group *g, struct arena *a, struct patch *to)
{
	uint32_t most = in->change->n_came;
	bool has_moved;

	if (in->was->n > g->n)
		most += in->was->n - g->n;
	*to = (struct patch){
		.list = arena_alloc(a, most * sizeof(*to->list) + 1),
		.holes = arena_alloc(a, most * sizeof(*to->holes) + 1),
	};
	if (!to->list || !to->holes)
		return -1;
	gather_moved(in, g, to);
	has_moved = to->n > 0;
	gather_came(in, g, to);
	if (has_moved) /* what came is sorted */
		qsort(to->list, to->n, sizeof(*to->list), views_compare);
	find_holes(in, g, to);
	return 0;
}

/* Begin with the slots of the former group. */
static int share_slots(
	const struct record_group *was, struct arena *a, struct record_group *g)
{
	uint32_t n = was->n < g->n ? was->n : g->n;

	if (was->chunks) {
		g->chunks = arena_alloc(
			a, chunk_count(g->n) * sizeof(struct chunk *) + 1);
		return g->chunks ? chunks_share(
					   g->chunks, g->n, was->chunks, was->n)
				 : -1;
	}
	g->slots = arena_alloc(a, g->n * sizeof(*g->slots) + 1);
	if (!g->slots)
		return -1;
	if (n > 0)
		memcpy(g->slots, was->slots, n * sizeof(*g->slots));
	return 0;
}

static struct plan_endpoint *own_slot(struct record_group *g, uint32_t slot)
{
	return g->chunks ? chunks_own(g->chunks, slot) : &g->slots[slot];
}

/* Endpoints that stay in their slot. */
static int turn_slots(const struct slots_patch *in, struct record_group *g)
{
	struct plan_endpoint *p;

	for (uint32_t i = 0; i < in->change->n_turned; i++) {
		if (in->change->turned[i] >= g->n)
			continue;
		p = own_slot(g, in->change->turned[i]);
		if (!p)
			return -1;
		p->is_local = !p->is_local;
	}
	return 0;
}

static int fill_holes(const struct slots_patch *in, const struct patch *from,
	struct record_group *g)
{
	struct plan_endpoint *p;

	for (uint32_t i = 0; i < from->n; i++) {
		p = own_slot(g, from->holes[i]);
		if (!p)
			return -1;
		*p = from->list[i];
		if (in->port)
			crowd_note_slot(in->port, (enum plan_view)g->view, p,
				from->holes[i]);
	}
	return 0;
}

static uint32_t count_patched(const struct slots_patch *in)
{
	const struct views_change *change = in->change;
	uint32_t n = in->was->n_local;

	for (uint32_t i = 0; i < change->n_gone; i++)
		n -= record_slot(in->was, change->gone[i])->is_local;
	for (uint32_t i = 0; i < change->n_came; i++)
		n += change->came[i].is_local;
	for (uint32_t i = 0; i < change->n_turned; i++)
		n += record_slot(in->was, change->turned[i])->is_local
			     ? UINT32_MAX
			     : 1;
	return n;
}

/*
 * The same slots with affinity, or without it: all get ids, or lose them. So
 * no piece can be shared.
 */
static int number_all(
	const struct slots_patch *in, struct arena *a, struct record_group *g)
{
	struct plan_endpoints all = {
		.list = arena_alloc(a, g->n * sizeof(*all.list) + 1),
		.n = g->n};

	if (!all.list ||
		(g->affinity_s && claims_make_room(in->numbers->numbers->taken,
					  g->n) < 0))
		return -1;
	for (uint32_t i = 0; i < g->n; i++) {
		all.list[i] = *record_slot(g, i);
		all.list[i].id = 0;
	}
	for (uint32_t i = 0; g->affinity_s && i < g->n; i++)
		all.list[i].id = numbers_id(in->numbers, &all, g, &all.list[i]);
	if (g->chunks)
		chunks_drop(g->chunks, g->n);
	g->chunks = NULL;
	g->slots = all.list;
	return 0;
}

int slots_patch(const struct slots_patch *in, uint32_t n, struct arena *a,
	struct record_group *g)
{
	struct patch patch;

	g->n = n;
	g->n_local = count_patched(in);
	if (make_patch(in, g, a, &patch) < 0 || share_slots(in->was, a, g) < 0)
		return -1;
	if (turn_slots(in, g) == 0 && fill_holes(in, &patch, g) == 0 &&
		(!g->affinity_s == !in->was->affinity_s ||
			number_all(in, a, g) == 0))
		return 0;
	if (g->chunks)
		chunks_drop(g->chunks, g->n);
	g->chunks = NULL;
	return -1;
}
