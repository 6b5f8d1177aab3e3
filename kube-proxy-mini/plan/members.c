/*
 * members - two lists that grow, of places and of candidates, linked by
 * numbers; freed places and candidates are used again.
 */
#include "kube-proxy-mini/plan/members.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 64u
#define ROOM_MAX   (2 * MEMBERS_MAX)

struct candidate {
	const struct model_packed_slice *slice;
	uint32_t next;  /* of the same place, or of the free ones */
	uint16_t index; /* in the slice */
	uint8_t flags;
};

void members_free(struct members *m)
{
	free(m->list);
	free(m->touched);
	free(m->candidates);
	free(m->buckets);
	*m = (struct members){0};
}

static size_t member_bucket(
	const struct members *m, const uint8_t ip[16], uint16_t port)
{
	uint64_t half[2], mix;

	memcpy(half, ip, sizeof(half));
	mix = (half[0] ^ port) * 0x9e3779b97f4a7c15u;
	mix = (mix ^ mix >> 32 ^ half[1]) * 0x9e3779b97f4a7c15u;
	return (size_t)(mix >> 32) & (m->n_buckets - 1);
}

/* Few of a large table are in use: their buckets are emptied one by one. */
void members_reset(struct members *m)
{
	for (uint32_t i = 1; i < m->n; i++)
		m->buckets[member_bucket(m, m->list[i].ip, m->list[i].port)] =
			0;
	m->n = m->room ? 1 : 0;
	m->n_candidates = m->candidates_room ? 1 : 0;
	m->free_member = m->free_candidate = 0;
	m->n_touched = m->n_live = m->n_over = 0;
}

/* Growing. */

static int double_room(void **list, uint32_t *room, size_t size)
{
	uint32_t more = *room ? *room * 2 : FIRST_ROOM;
	void *p = more <= ROOM_MAX ? realloc(*list, more * size) : NULL;

	if (!p)
		return -1;
	*list = p;
	*room = more;
	return 0;
}

static void enter(struct members *m, uint32_t number, size_t bucket)
{
	m->list[number].next = m->buckets[bucket];
	m->buckets[bucket] = number;
}

/* All places are in use when this is called, so all are entered again. */
static int grow_members(struct members *m)
{
	void *list = m->list;
	uint32_t *touched, *buckets;
	uint32_t room = m->room;

	if (double_room(&list, &room, sizeof(*m->list)) < 0)
		return -1;
	m->list = list;
	touched = realloc(m->touched, room * sizeof(*touched));
	if (!touched)
		return -1;
	m->touched = touched;
	buckets = calloc(room, sizeof(*buckets));
	if (!buckets)
		return -1;
	free(m->buckets);
	m->buckets = buckets;
	m->n_buckets = room;
	m->room = room;
	m->n = m->n ? m->n : 1;
	for (uint32_t i = 1; i < m->n; i++)
		enter(m, i, member_bucket(m, m->list[i].ip, m->list[i].port));
	return 0;
}

/* There is room for one. */
static uint32_t take_member(struct members *m)
{
	uint32_t number = m->free_member;

	if (!number)
		return m->n++;
	m->free_member = m->list[number].next;
	return number;
}

static uint32_t take_candidate(struct members *m)
{
	uint32_t number = m->free_candidate;
	void *list = m->candidates;

	if (number) {
		m->free_candidate = m->candidates[number].next;
		return number;
	}
	if (m->n_candidates == m->candidates_room) {
		if (double_room(&list, &m->candidates_room,
			    sizeof(struct candidate)) < 0)
			return 0;
		m->candidates = list;
	}
	m->n_candidates = m->n_candidates ? m->n_candidates : 1;
	return m->n_candidates++;
}

/* Places. */

static uint32_t find_in(const struct members *m, size_t bucket,
	const uint8_t ip[16], uint16_t port)
{
	uint32_t at = m->buckets[bucket];

	while (at && (m->list[at].port != port ||
			     memcmp(m->list[at].ip, ip, 16) != 0))
		at = m->list[at].next;
	return at;
}

struct member *members_find(
	const struct members *m, const uint8_t ip[16], uint16_t port)
{
	uint32_t at = 0;

	if (m->n_buckets)
		at = find_in(m, member_bucket(m, ip, port), ip, port);
	return at ? &m->list[at] : NULL;
}

/* 0: no memory. */
static uint32_t need_member(
	struct members *m, const uint8_t ip[16], uint16_t port)
{
	uint32_t number;
	size_t bucket;

	if (m->n == m->room && !m->free_member && grow_members(m) < 0)
		return 0;
	bucket = member_bucket(m, ip, port);
	number = find_in(m, bucket, ip, port);
	if (number)
		return number;
	number = take_member(m);
	m->list[number] = (struct member){.port = port};
	memcpy(m->list[number].ip, ip, 16);
	enter(m, number, bucket);
	return number;
}

void members_release(struct members *m, uint32_t number)
{
	struct member *p = &m->list[number];
	uint32_t *at = &m->buckets[member_bucket(m, p->ip, p->port)];

	while (*at != number)
		at = &m->list[*at].next;
	*at = p->next;
	p->next = m->free_member;
	m->free_member = number;
}

static void touch(struct members *m, uint32_t number)
{
	if (!m->list[number].is_touched)
		m->touched[m->n_touched++] = number;
	m->list[number].is_touched = true;
}

/* Candidates. */

/* The address of the slice's endpoint, with zeros behind it. */
static void place_of(const struct model_read_slice *s, size_t i, uint8_t ip[16])
{
	memset(ip, 0, 16);
	memcpy(ip, s->endpoints[i].addr, MODEL_ADDR_BYTES(s->family));
}

int members_add(
	struct members *m, const struct model_read_slice *s, uint16_t port)
{
	uint8_t ip[16];

	if (m->n_live + s->n_endpoints > MEMBERS_MAX) {
		m->n_over += (uint32_t)s->n_endpoints;
		return 0;
	}
	m->n_live += (uint32_t)s->n_endpoints;
	for (size_t i = 0; i < s->n_endpoints; i++) {
		uint32_t candidate = take_candidate(m), number;

		place_of(s, i, ip);
		number = candidate ? need_member(m, ip, port) : 0;
		if (!number)
			return -1;
		m->candidates[candidate] = (struct candidate){.slice = s->from,
			.next = m->list[number].candidate,
			.index = (uint16_t)i,
			.flags = s->endpoints[i].flags};
		m->list[number].candidate = candidate;
		touch(m, number);
	}
	return 0;
}

static void remove_one(struct members *m, uint32_t number,
	const struct model_packed_slice *slice, size_t index)
{
	uint32_t *at = &m->list[number].candidate, found;

	while (*at && (m->candidates[*at].slice != slice ||
			      m->candidates[*at].index != index))
		at = &m->candidates[*at].next;
	found = *at;
	if (!found)
		return;
	*at = m->candidates[found].next;
	m->candidates[found].next = m->free_candidate;
	m->free_candidate = found;
	m->n_live--;
	touch(m, number);
}

int members_remove(
	struct members *m, const struct model_read_slice *s, uint16_t port)
{
	uint8_t ip[16];
	struct member *p;

	for (size_t i = 0; i < s->n_endpoints; i++) {
		place_of(s, i, ip);
		p = members_find(m, ip, port);
		if (p)
			remove_one(m, (uint32_t)(p - m->list), s->from, i);
	}
	return 0;
}

/* Of higher rank, or of equal rank and earlier in order of slices. */
static bool is_better(const struct candidate *a, const struct candidate *b)
{
	unsigned int x = choice_rank(a->flags), y = choice_rank(b->flags);
	int order;

	if (x != y)
		return x > y;
	if (a->slice == b->slice)
		return a->index < b->index;
	order = strcmp(a->slice->node.key, b->slice->node.key);
	return order < 0;
}

bool members_best(
	const struct members *m, const struct member *p, uint8_t *flags)
{
	const struct candidate *best = NULL;

	for (uint32_t i = p->candidate; i; i = m->candidates[i].next)
		if (!best || is_better(&m->candidates[i], best))
			best = &m->candidates[i];
	if (best)
		*flags = best->flags;
	return best != NULL;
}

bool members_are_serving(const struct members *m, const struct member *p)
{
	for (uint32_t i = p->candidate; i; i = m->candidates[i].next)
		if (views_is_serving(m->candidates[i].flags))
			return true;
	return false;
}
