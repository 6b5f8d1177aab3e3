/*
 * claims - a hash table from the keys of elements to their owners or counts.
 *
 * Open addressing: a claim given up keeps its place, so that searches go on
 * beyond it, until the table is rebuilt with the live ones.
 */
#include "kube-proxy-mini/plan/claims.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define CLAIMS_FIRST_SIZE 256

/* Compared as bytes, without the rank; padding is spelled out. */
struct claim_key {
	uint8_t is_set, set, family, proto;
	uint8_t ip[16];
	uint16_t port;
	uint8_t rank, spare;
};

#define KEY_BYTES offsetof(struct claim_key, rank)

struct claim {
	struct claim_key key;
	union {
		struct model_entry *owner; /* NULL: given up */
		uintptr_t count;           /* of a shared key */
	};
};

static struct claim_key key_of(const struct elem *el)
{
	struct claim_key k = {.is_set = 1,
		.set = el->set,
		.family = el->family,
		.proto = el->proto,
		.port = el->port};

	memcpy(k.ip, el->ip, sizeof(k.ip));
	return k;
}

static uint32_t hash_of(const struct claim_key *k)
{
	uint32_t h = index_hash(k, KEY_BYTES);

	return h ^ h >> 16;
}

uint32_t claims_hash(const struct elem *el)
{
	struct claim_key k = key_of(el);

	return hash_of(&k);
}

static struct claim *find_place(
	struct claim *table, size_t size, const struct claim_key *k)
{
	size_t at = hash_of(k) & (size - 1);

	while (table[at].key.is_set &&
		memcmp(&table[at].key, k, KEY_BYTES) != 0)
		at = (at + 1) & (size - 1);
	return &table[at];
}

static bool is_live(const struct claim *c)
{
	return c->key.is_set && c->count;
}

/* With room for the live ones and so many more. */
static int rebuild(struct claims *c, size_t more)
{
	size_t live = 0, size = CLAIMS_FIRST_SIZE;
	struct claim *table;

	for (size_t i = 0; i < c->size; i++)
		live += is_live(&c->table[i]);
	while (size < live * 2 + more * 4 / 3 + 2)
		size *= 2;
	table = calloc(size, sizeof(*table));
	if (!table)
		return -1;
	for (size_t i = 0; i < c->size; i++)
		if (is_live(&c->table[i]))
			*find_place(table, size, &c->table[i].key) =
				c->table[i];
	free(c->table);
	*c = (struct claims){table, size, live};
	return 0;
}

int claims_make_room(struct claims *c, size_t more)
{
	return (c->n + more) * 4 > c->size * 3 ? rebuild(c, more) : 0;
}

/* The claim of that key, created if needed; NULL: out of memory. */
static struct claim *need_claim(struct claims *c, const struct elem *el)
{
	struct claim_key k = key_of(el);
	struct claim *at;

	if ((c->n + 1) * 4 > c->size * 3 && rebuild(c, 0) < 0)
		return NULL;
	at = find_place(c->table, c->size, &k);
	if (!at->key.is_set) {
		at->key = k;
		c->n++;
	}
	return at;
}

enum claims_answer claims_ask(struct claims *c, const struct elem *el,
	struct model_entry *entry, struct model_entry **loser)
{
	struct claim *at = need_claim(c, el);

	if (!at)
		return CLAIMS_FULL;
	if (!at->owner || at->owner == entry) {
		at->owner = entry;
		at->key.rank = el->bits;
		return CLAIMS_OURS;
	}
	if (at->key.rank > el->bits ||
		(at->key.rank == el->bits &&
			strcmp(at->owner->name, entry->name) < 0))
		return CLAIMS_LOST;
	*loser = at->owner;
	at->owner = entry;
	at->key.rank = el->bits;
	return CLAIMS_TAKEN;
}

enum claims_reservation claims_reserve(
	struct claims *c, const struct elem *el, struct model_entry *entry)
{
	struct claim *at = need_claim(c, el);

	if (!at)
		return CLAIMS_NO_MEMORY;
	if (at->owner)
		return at->owner == entry ? CLAIMS_OURS_ALREADY
					  : CLAIMS_OF_ANOTHER;
	at->owner = entry;
	return CLAIMS_RESERVED;
}

struct model_entry *claims_owner(const struct claims *c, const struct elem *el)
{
	struct claim_key k = key_of(el);

	return c->size ? find_place(c->table, c->size, &k)->owner : NULL;
}

bool claims_give(struct claims *c, const struct elem *el,
	const struct model_entry *entry)
{
	struct claim_key k = key_of(el);
	struct claim *at;

	if (!c->size)
		return false;
	at = find_place(c->table, c->size, &k);
	if (!at->key.is_set || at->owner != entry)
		return false;
	at->owner = NULL;
	return true;
}

int64_t claims_count(struct claims *c, const struct elem *el, int by)
{
	struct claim *at = need_claim(c, el);

	if (!at)
		return -1;
	at->count += (uintptr_t)by;
	return (int64_t)at->count;
}

void claims_free(struct claims *c)
{
	free(c->table);
	*c = (struct claims){0};
}
