/*
 * stage - goes over the groups of both records: what the target has and no
 * address leads to yet grows from its first slot on, what only the former one
 * has shrinks from its last slot on.
 */
#include "kube-proxy-mini/plan/stage.h"

#include <string.h>

struct stage {
	const struct record *was, *target;
	struct record next;
	uint32_t left;    /* operations */
	bool is_complete; /* every group of the target is there */
	bool is_done;     /* and nothing else */
	struct arena *arena;
};

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Each slot is an element, with affinity and its id two. */
static uint32_t slots_in(const struct record_group *g, uint32_t operations)
{
	return operations / (g->affinity_s ? 2 : 1);
}

static void spend(struct stage *s, const struct record_group *g, uint32_t slots)
{
	s->left -= slots * (g->affinity_s ? 2 : 1);
}

/* Do the addresses have the same keys? */
static bool has_same_keys(const struct record *a, const struct record *b)
{
	if (a->n_elems != b->n_elems)
		return false;
	for (uint32_t i = 0; i < a->n_elems; i++)
		if (elem_compare(&a->elems[i], &b->elems[i]) != 0)
			return false;
	return true;
}

static bool has_same_data(const struct record *a, const struct record *b)
{
	for (uint32_t i = 0; i < a->n_elems; i++)
		if (!elem_same_data(&a->elems[i], &b->elems[i]))
			return false;
	return true;
}

/* Does an address lead to this group? */
static bool is_live(const struct record *r, const struct record_group *g)
{
	for (uint32_t i = 0; i < r->n_elems; i++) {
		const struct elem *el = &r->elems[i];

		if ((el->set == RULESET_SERVICES ||
			    el->set == RULESET_OUTSIDE) &&
			el->family == g->family && el->of.group == g->id)
			return true;
	}
	return false;
}

/* Add the first n slots of a group. */
static int add_part(struct stage *s, const struct record_group *g, uint32_t n)
{
	struct record_group *to = &s->next.groups[s->next.n_groups];

	*to = *g;
	to->n = n;
	if (g->chunks) {
		to->chunks = arena_alloc(
			s->arena, chunk_count(n) * sizeof(struct chunk *) + 1);
		if (!to->chunks ||
			chunks_share(to->chunks, n, g->chunks, n) < 0)
			return -1;
	}
	s->next.n_groups++;
	return 0;
}

/* Does an address lead to it already? */
static bool is_in_use(const struct stage *s, const struct record_group *g)
{
	return record_has_group(s->was, g->family, g->id) && is_live(s->was, g);
}

/* These change together with their addresses. */
static int add_used(struct stage *s, const struct record_group *g)
{
	if (!s->is_complete)
		g = record_find_group(s->was, g->family, g->id);
	return add_part(s, g, g->n);
}

static int add_wanted(struct stage *s, const struct record_group *g)
{
	const struct record_group *a =
		record_find_group(s->was, g->family, g->id);
	uint32_t have = a ? least(a->n, g->n) : 0, more;

	more = least(g->n - have, slots_in(g, s->left));
	spend(s, g, more);
	if (have + more < g->n)
		s->is_complete = false;
	return have + more > 0 ? add_part(s, g, have + more) : 0;
}

static int add_former(
	struct stage *s, const struct record_group *g, bool has_switched)
{
	uint32_t cut = has_switched ? least(g->n, slots_in(g, s->left)) : 0;

	if (record_find_group(s->target, g->family, g->id))
		return 0;
	spend(s, g, cut);
	if (cut == g->n)
		return 0;
	s->is_done = false;
	return add_part(s, g, g->n - cut);
}

static int add_groups(struct stage *s)
{
	bool has_switched = has_same_data(s->was, s->target);

	for (uint32_t i = 0; i < s->target->n_groups; i++)
		if (!is_in_use(s, &s->target->groups[i]) &&
			add_wanted(s, &s->target->groups[i]) < 0)
			return -1;
	for (uint32_t i = 0; i < s->target->n_groups; i++)
		if (is_in_use(s, &s->target->groups[i]) &&
			add_used(s, &s->target->groups[i]) < 0)
			return -1;
	for (uint32_t i = 0; i < s->was->n_groups; i++)
		if (add_former(s, &s->was->groups[i], has_switched) < 0)
			return -1;
	return 0;
}

/* What all this takes, beyond changes of groups that packets use. */
static uint64_t count_operations(
	const struct record *from, const struct record *to)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < from->n_groups; i++) {
		const struct record_group *g = &from->groups[i];
		const struct record_group *other =
			record_find_group(to, g->family, g->id);
		uint32_t both = other ? least(other->n, g->n) : 0;

		n += (uint64_t)(g->n - both) * (g->affinity_s ? 2 : 1);
	}
	return n;
}

static bool is_near(const struct record *was, const struct record *target,
	uint32_t operations)
{
	return count_operations(was, target) + count_operations(target, was) <=
	       operations;
}

struct record *stage_step(const struct record *was, const struct record *target,
	uint32_t operations, struct arena *a)
{
	struct stage s = {.was = was,
		.target = target,
		.left = operations,
		.is_complete = true,
		.is_done = true,
		.arena = a};
	struct record *step = NULL;

	if (!was || !target || is_near(was, target, operations) ||
		!has_same_keys(was, target))
		return NULL;
	s.next = *target;
	s.next.n_groups = 0;
	s.next.groups = arena_alloc(
		a, (was->n_groups + target->n_groups) * sizeof(*s.next.groups) +
			   1);
	if (!s.next.groups)
		return NULL;
	if (add_groups(&s) == 0 && !(s.is_complete && s.is_done)) {
		if (!s.is_complete)
			s.next.elems = was->elems;
		record_sort_groups(&s.next);
		step = record_copy(&s.next, UINT32_MAX);
	}
	if (!step)
		record_drop_chunks(&s.next);
	return step;
}
