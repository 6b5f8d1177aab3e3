/*
 * table - FNV-1a with chains; the table doubles when it is full.
 *
 * It finds events by digest and files by path, tens of thousands of each.
 * Entries never move relative to each other, so order is kept.  The old half
 * stays in the arena until that is freed.
 */
#include "sbom/evidence/table.h"

#include <string.h>

enum { TABLE_FIRST_ROOM = 64 };

struct table table_make(struct arena *a)
{
	return (struct table){.arena = a};
}

/* FNV-1a, 64 bits folded to 32. */
static size_t table_slot(const struct table *t, struct str key)
{
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < key.n; i++)
		h = (h ^ (unsigned char)key.p[i]) * 0x100000001b3;
	return (size_t)(h ^ h >> 32) & (t->room - 1);
}

static struct table_entry *table_first(const struct table *t, struct str key)
{
	struct table_entry *entry;
	uint32_t at;

	if (t->n == 0)
		return NULL;
	for (at = t->slots[table_slot(t, key)]; at != 0; at = entry->chain) {
		entry = &t->entries[at - 1];
		if (str_eq(entry->key, key))
			return entry;
	}
	return NULL;
}

static void table_hang(struct table *t, uint32_t index)
{
	struct table_entry *entry = &t->entries[index];
	struct table_entry *first = table_first(t, entry->key);
	size_t slot;

	if (first != NULL) {
		t->entries[first->last - 1].next = index + 1;
		first->last = index + 1;
		return;
	}
	slot = table_slot(t, entry->key);
	entry->chain = t->slots[slot];
	entry->last = index + 1;
	t->slots[slot] = index + 1;
}

static int table_grow(struct table *t)
{
	size_t room = t->room == 0 ? TABLE_FIRST_ROOM : 2 * t->room, n = t->n;
	struct table_entry *entries;
	uint32_t *slots;

	if (room > UINT32_MAX / 2)
		return -1;
	entries = arena_alloc(t->arena, room * sizeof(*entries));
	slots = arena_alloc(t->arena, room * sizeof(*slots));
	if (entries == NULL || slots == NULL)
		return -1;
	for (size_t i = 0; i < n; i++)
		entries[i] = (struct table_entry){
			.key = t->entries[i].key,
			.value = t->entries[i].value,
		};
	*t = (struct table){t->arena, entries, slots, 0, room};
	for (; t->n < n; t->n++)
		table_hang(t, (uint32_t)t->n);
	return 0;
}

int table_add(struct table *t, struct str key, uint32_t value)
{
	if (t->n == t->room && table_grow(t) < 0)
		return -1;
	t->entries[t->n] = (struct table_entry){.key = key, .value = value};
	table_hang(t, (uint32_t)t->n);
	t->n++;
	return 0;
}

const struct table_entry *table_find(const struct table *t, struct str key)
{
	return table_first(t, key);
}

const struct table_entry *table_next(
	const struct table *t, const struct table_entry *e)
{
	return e->next == 0 ? NULL : &t->entries[e->next - 1];
}
