/*
 * record - searches a record, and copies one from an arena into a block of its
 * own: the record itself, groups, elements, slots or the list of their pieces,
 * and last the names, which need no alignment.
 */
#include "kube-proxy-mini/plan/record.h"

#include <stdlib.h>
#include <string.h>

static int compare_groups(const void *x, const void *y)
{
	const struct record_group *a = x, *b = y;

	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

void record_sort_groups(struct record *r)
{
	if (r->n_groups > 1)
		qsort(r->groups, r->n_groups, sizeof(*r->groups),
			compare_groups);
}

const struct record_group *record_find_group(
	const struct record *r, uint8_t family, uint32_t id)
{
	const struct record_group key = {.family = family, .id = id};

	return r && r->n_groups ? bsearch(&key, r->groups, r->n_groups,
					  sizeof(*r->groups), compare_groups)
				: NULL;
}

const struct plan_endpoint *record_slot(
	const struct record_group *g, uint32_t slot)
{
	if (g->chunks)
		return &g->chunks[slot / CHUNK_SLOTS]
				->slots[slot % CHUNK_SLOTS];
	return &g->slots[slot];
}

uint32_t record_next_slot(const struct record_group *g,
	const struct record_group *other, uint32_t slot)
{
	uint32_t end; /* of the slots that both have */

	if (!other || !g->chunks || !other->chunks)
		return slot;
	end = g->n < other->n ? g->n : other->n;
	while (slot % CHUNK_SLOTS == 0 && slot < end &&
		g->chunks[slot / CHUNK_SLOTS] ==
			other->chunks[slot / CHUNK_SLOTS])
		slot = end - slot > CHUNK_SLOTS ? slot + CHUNK_SLOTS : end;
	return slot;
}

bool record_has_group(const struct record *r, uint8_t family, uint32_t id)
{
	return record_find_group(r, family, id) != NULL;
}

bool record_has_id(const struct record *r, uint8_t family, uint32_t id)
{
	for (uint32_t i = 0; r && i < r->n_groups; i++) {
		const struct record_group *g = &r->groups[i];

		for (uint32_t s = 0; g->affinity_s && s < g->n; s++)
			if (record_slot(g, s)->id == id && g->family == family)
				return true;
	}
	return false;
}

static int compare_ids(const void *x, const void *y)
{
	const uint32_t *a = x, *b = y;

	return (*a > *b) - (*a < *b);
}

/* Most endpoints stay in their slot. */
static bool is_in_slot(const struct record_group *g, uint32_t slot, uint32_t id)
{
	return slot < g->n && record_slot(g, slot)->id == id;
}

static bool has_id(const struct record_group *g, uint32_t id)
{
	for (uint32_t i = 0; i < g->n; i++)
		if (record_slot(g, i)->id == id)
			return true;
	return false;
}

/* Those ids of other that are not in g's slot: how many, and into `to`. */
static size_t find_moved(const struct record_group *g,
	const struct record_group *other, uint32_t *to)
{
	size_t n = 0;

	if (!other)
		return 0;
	for (uint32_t i = record_next_slot(other, g, 0); i < other->n;
		i = record_next_slot(other, g, i + 1)) {
		uint32_t id = record_slot(other, i)->id;

		if (is_in_slot(g, i, id))
			continue;
		if (to)
			to[n] = id;
		n++;
	}
	return n;
}

void record_each_id_gone(const struct record_group *g,
	const struct record_group *other,
	void (*gone)(void *context, uint32_t slot), void *context)
{
	size_t n = find_moved(g, other, NULL);
	uint32_t *moved = n > 0 ? malloc(n * sizeof(*moved)) : NULL;

	if (moved) {
		find_moved(g, other, moved);
		qsort(moved, n, sizeof(*moved), compare_ids);
	}
	for (uint32_t i = record_next_slot(g, other, 0); i < g->n;
		i = record_next_slot(g, other, i + 1)) {
		uint32_t id = record_slot(g, i)->id;

		if (other && is_in_slot(other, i, id))
			continue;
		if (moved ? bsearch(&id, moved, n, sizeof(id), compare_ids) !=
					NULL
			  : n > 0 && has_id(other, id))
			continue;
		gone(context, i);
	}
	free(moved);
}

static bool is_flat(const struct record_group *g, uint32_t flat_max)
{
	return !g->chunks && g->n <= flat_max;
}

static size_t block_bytes(const struct record *r, uint32_t flat_max)
{
	size_t n = sizeof(*r) + r->n_groups * sizeof(*r->groups) +
		   r->n_elems * sizeof(*r->elems);

	for (uint32_t i = 0; i < r->n_groups; i++) {
		const struct record_group *g = &r->groups[i];

		n += is_flat(g, flat_max)
			     ? g->n * sizeof(*g->slots)
			     : chunk_count(g->n) * sizeof(struct chunk *);
		n += g->port_name.n;
	}
	return n;
}

/* Copy n bytes to *at and move it behind them. */
static void *carve(char **at, const void *from, size_t n)
{
	void *to = *at;

	if (n && from)
		memcpy(to, from, n);
	*at += n;
	return to;
}

/* Elements have 4-byte fields: pointers come before them. */
static int carve_slots(struct record_group *g, uint32_t flat_max, char **at)
{
	const struct plan_endpoint *slots = g->slots;

	if (is_flat(g, flat_max)) {
		g->slots = carve(at, slots, g->n * sizeof(*slots));
		return 0;
	}
	g->slots = NULL;
	if (g->chunks) {
		g->chunks = carve(at, g->chunks,
			chunk_count(g->n) * sizeof(struct chunk *));
		return 0;
	}
	g->chunks = carve(at, NULL, chunk_count(g->n) * sizeof(struct chunk *));
	if (chunks_fill(g->chunks, slots, g->n) == 0)
		return 0;
	g->chunks = NULL;
	g->n = 0;
	return -1;
}
/* Let go of the pieces that the copy has and its original had not. */
static void drop_filled(const struct record *r, const struct record *from)
{
	for (uint32_t i = 0; i < r->n_groups; i++)
		if (r->groups[i].chunks && !from->groups[i].chunks)
			chunks_drop(r->groups[i].chunks, r->groups[i].n);
}

struct record *record_copy(const struct record *from, uint32_t flat_max)
{
	char *at = malloc(block_bytes(from, flat_max));
	struct record *r;
	int lacking = 0;

	if (!at)
		return NULL;
	r = carve(&at, from, sizeof(*r));
	r->groups = carve(&at, from->groups, r->n_groups * sizeof(*r->groups));
	for (uint32_t i = 0; i < r->n_groups; i++)
		if (!is_flat(&from->groups[i], flat_max))
			lacking += carve_slots(&r->groups[i], flat_max, &at);
	r->elems = carve(&at, from->elems, r->n_elems * sizeof(*r->elems));
	for (uint32_t i = 0; i < r->n_groups; i++)
		if (is_flat(&from->groups[i], flat_max))
			carve_slots(&r->groups[i], flat_max, &at);
	for (uint32_t i = 0; i < r->n_groups; i++) {
		struct str *name = &r->groups[i].port_name;

		name->p = carve(&at, name->p, name->n);
	}
	if (lacking == 0)
		return r;
	drop_filled(r, from);
	free(r);
	return NULL;
}

void record_drop_chunks(const struct record *r)
{
	for (uint32_t i = 0; i < r->n_groups; i++)
		if (r->groups[i].chunks)
			chunks_drop(r->groups[i].chunks, r->groups[i].n);
}

void record_free(struct record *r)
{
	if (r)
		record_drop_chunks(r);
	free(r);
}
