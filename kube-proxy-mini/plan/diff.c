/*
 * diff - compares two records of one Service: elements by merging their
 * sorted lists, groups slot by slot.  The element of a slot is made on the
 * fly; records do not store it.
 */
#include "kube-proxy-mini/plan/diff.h"

#include <string.h>

struct diff {
	diff_take *take;
	void *context;
};

static void emit(const struct diff *d, enum nft_op op, const struct elem *el,
	struct str port_name)
{
	d->take(d->context, op, el, port_name);
}

/* The name of the port that an address leads to, for its comment. */
static struct str port_name_of(const struct record *r, const struct elem *el)
{
	const struct record_group *g = NULL;

	if (el->set == RULESET_SERVICES || el->set == RULESET_OUTSIDE)
		g = record_find_group(r, el->family, el->of.group);
	return g ? g->port_name : (struct str){"", 0};
}

static void diff_elems(const struct diff *d, const struct record *was,
	const struct record *now)
{
	static const struct str no_name = {"", 0};
	uint32_t i = 0, j = 0, n = was ? was->n_elems : 0;
	uint32_t m = now ? now->n_elems : 0;

	while (i < n || j < m) {
		int c = i == n   ? 1
			: j == m ? -1
				 : elem_compare(&was->elems[i], &now->elems[j]);
		bool same = c == 0 &&
			    elem_same_data(&was->elems[i], &now->elems[j]);

		if (c <= 0 && !same)
			emit(d, NFT_OP_DELETE, &was->elems[i], no_name);
		if (c >= 0 && !same)
			emit(d, NFT_OP_ADD, &now->elems[j],
				port_name_of(now, &now->elems[j]));
		i += c <= 0;
		j += c >= 0;
	}
}

/* The element of a slot, or (by id) of a sticky endpoint. */
static struct elem slot_elem(
	const struct record_group *g, uint32_t slot, enum ruleset_set set)
{
	const struct plan_endpoint *p = record_slot(g, slot);
	struct elem el = {.set = (uint8_t)set, .family = g->family};

	if (set != RULESET_STICKY_ENDPOINTS) {
		el.of.group = g->id;
		el.of.slot = slot;
	}
	if (set != RULESET_ENDPOINTS)
		el.of.id = p->id;
	if (set != RULESET_STICKY) {
		memcpy(el.ip, p->ip, sizeof(el.ip));
		el.port = p->port;
	}
	return el;
}

static void emit_slot(const struct diff *d, enum nft_op op,
	const struct record_group *g, uint32_t slot)
{
	struct elem el = slot_elem(
		g, slot, g->affinity_s ? RULESET_STICKY : RULESET_ENDPOINTS);

	emit(d, op, &el, (struct str){"", 0});
}

static bool same_slot(const struct record_group *a,
	const struct record_group *b, uint32_t slot)
{
	const struct plan_endpoint *p = record_slot(a, slot);
	const struct plan_endpoint *q = record_slot(b, slot);

	return p->port == q->port && p->id == q->id &&
	       memcmp(p->ip, q->ip, sizeof(p->ip)) == 0;
}

struct id_diff {
	const struct diff *diff;
	enum nft_op op;
	const struct record_group *group;
};

static void emit_id(void *context, uint32_t slot)
{
	const struct id_diff *ids = context;
	struct elem el = slot_elem(ids->group, slot, RULESET_STICKY_ENDPOINTS);

	emit(ids->diff, ids->op, &el, (struct str){"", 0});
}

/* The ids of a sticky group that the other one lacks. */
static void emit_ids(const struct diff *d, enum nft_op op,
	const struct record_group *g, const struct record_group *other)
{
	struct id_diff ids = {d, op, g};

	if (g->affinity_s)
		record_each_id_gone(g, other, emit_id, &ids);
}

/* One operation for each slot and id that `from` has and `to` has not. */
static void diff_groups(const struct diff *d, enum nft_op op,
	const struct record *from, const struct record *to)
{
	for (uint32_t i = 0; from && i < from->n_groups; i++) {
		const struct record_group *g = &from->groups[i];
		const struct record_group *other =
			record_find_group(to, g->family, g->id);

		for (uint32_t s = record_next_slot(g, other, 0); s < g->n;
			s = record_next_slot(g, other, s + 1))
			if (!other || s >= other->n || !same_slot(g, other, s))
				emit_slot(d, op, g, s);
		emit_ids(d, op, g, other);
	}
}

void diff_records(const struct record *was, const struct record *now,
	diff_take *take, void *context)
{
	struct diff d = {take, context};

	diff_elems(&d, was, now);
	diff_groups(&d, NFT_OP_DELETE, was, now);
	diff_groups(&d, NFT_OP_ADD, now, was);
}
