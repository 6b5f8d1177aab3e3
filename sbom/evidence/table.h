/*
 * table - a hash table from texts to numbers, several numbers for a text.
 *
 * Values of one key come back in the order they were added.  Everything is in
 * the arena; keys are views whose bytes must live as long as the table.
 */
#ifndef KEELSON_SBOM_EVIDENCE_TABLE_H
#define KEELSON_SBOM_EVIDENCE_TABLE_H

#include "lib/base/arena.h"
#include "lib/base/str.h"

struct table_entry {
	struct str key;
	uint32_t value;
	uint32_t chain; /* next entry of another key in this slot, + 1 */
	uint32_t next;  /* next entry of the same key, + 1 */
	uint32_t last;  /* on the first entry of a key: its last, + 1 */
};

struct table {
	struct arena *arena;
	struct table_entry *entries;
	uint32_t *slots; /* first entry of a slot, + 1 */
	size_t n, room;  /* entries; room is a power of two, slots as many */
};

struct table table_make(struct arena *a);

/* Add a pair. 0, or -1 when memory is out. */
int table_add(struct table *t, struct str key, uint32_t value);

/*
 * The first pair of a key, and the next one of the same key; NULL at the end.
 *	for (e = table_find(t, key); e != NULL; e = table_next(t, e))
 */
const struct table_entry *table_find(const struct table *t, struct str key);
const struct table_entry *table_next(
	const struct table *t, const struct table_entry *e);

#endif
