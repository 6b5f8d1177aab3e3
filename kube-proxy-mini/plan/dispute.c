/*
 * dispute - goes over the elements that one Service only may have: addresses
 * with a port, and ClusterIPs.  Records are sorted, so what is given up is
 * found by merging them.  Everything here takes time in proportion to the
 * record, whatever is disputed.
 */
#include "kube-proxy-mini/plan/dispute.h"

#include "kube-proxy-mini/model/entries.h"
#include "kube-proxy-mini/plan/numbers.h"

#include <stdlib.h>

static bool is_exclusive(const struct elem *el)
{
	return el->set == RULESET_SERVICES || el->set == RULESET_CLUSTER_IPS;
}

static int compare_elems(const void *x, const void *y)
{
	return elem_compare(x, y);
}

/* Is this another element of an address whose first element is marked? */
static bool is_of_lost(const struct record *r, const struct elem *el)
{
	struct elem key = *el;
	const struct elem *first;

	if (el->set == RULESET_HAIRPIN || is_exclusive(el))
		return false;
	key.set = RULESET_SERVICES;
	first = bsearch(
		&key, r->elems, r->n_elems, sizeof(*r->elems), compare_elems);
	return first && first->spare;
}

/* Take all elements of the addresses that are marked out of a record. */
static void drop_marked(struct record *r)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < r->n_elems; i++)
		if (is_of_lost(r, &r->elems[i]))
			r->elems[i].spare = 1;
	for (uint32_t i = 0; i < r->n_elems; i++)
		if (!r->elems[i].spare)
			r->elems[n++] = r->elems[i];
	r->n_elems = n;
}

/* 0; 1 when it was lost, and is marked; -1. */
static int claim_one(const struct dispute *d, struct model_entry *n,
	struct elem *el, struct err *e)
{
	struct model_entry *loser;

	switch (claims_ask(d->claims, el, n, &loser)) {
	case CLAIMS_TAKEN:
		model_touch(d->model, loser);
		return 0;
	case CLAIMS_OURS:
		return 0;
	case CLAIMS_LOST:
		if (waits_add(d->waits, n, el) < 0)
			break;
		el->spare = 1;
		return 1;
	case CLAIMS_FULL:
		break;
	}
	return err_kind(e, ERR_LIMIT, "out of memory");
}

int dispute_claim(const struct dispute *d, struct model_entry *n,
	struct record *r, struct err *e)
{
	bool has_lost = false;
	int got;

	for (uint32_t i = 0; r && i < r->n_elems; i++) {
		if (!is_exclusive(&r->elems[i]))
			continue;
		got = claim_one(d, n, &r->elems[i], e);
		if (got < 0)
			return -1;
		has_lost |= got > 0;
	}
	if (has_lost)
		drop_marked(r);
	return 0;
}

void dispute_offer(const struct dispute *d, const struct elem *address)
{
	struct model_entry *best;

	if (claims_owner(d->claims, address))
		return;
	best = waits_best(d->waits, address);
	if (best)
		model_touch(d->model, best);
}

static void release_addresses(const struct dispute *d,
	const struct model_entry *n, const struct record *was,
	const struct record *now)
{
	uint32_t i = 0, j = 0;

	while (was && i < was->n_elems) {
		int c = !now || j == now->n_elems
				? -1
				: elem_compare(&was->elems[i], &now->elems[j]);

		if (c < 0 && is_exclusive(&was->elems[i]) &&
			claims_give(d->claims, &was->elems[i], n))
			dispute_offer(d, &was->elems[i]);
		i += c <= 0;
		j += c >= 0;
	}
}

/* Whose numbers are given up, and of which group. */
struct release {
	struct claims *claims;
	const struct model_entry *entry;
	const struct record_group *group;
};

static void release_id(void *context, uint32_t slot)
{
	const struct release *r = context;
	struct elem key = numbers_key(RULESET_STICKY_ENDPOINTS,
		r->group->family, record_slot(r->group, slot)->id);

	claims_give(r->claims, &key, r->entry);
}

static void release_numbers(const struct dispute *d,
	const struct model_entry *n, const struct record *was,
	const struct record *now)
{
	struct elem key;

	for (uint32_t i = 0; was && i < was->n_groups; i++) {
		const struct record_group *g = &was->groups[i], *other;
		struct release r = {d->claims, n, g};

		if (!g->affinity_s)
			continue;
		key = numbers_key(RULESET_STICKY, g->family, g->id);
		other = record_find_group(now, g->family, g->id);
		if (!other)
			claims_give(d->claims, &key, n);
		record_each_id_gone(g, other, release_id, &r);
	}
}

void dispute_release(const struct dispute *d, const struct model_entry *n,
	const struct record *was, const struct record *now)
{
	release_numbers(d, n, was, now);
	release_addresses(d, n, was, now);
}
