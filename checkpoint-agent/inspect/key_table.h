/*
 * key_table - places by number: filled, sorted once, then searched.
 */
#ifndef CHECKPOINT_AGENT_INSPECT_KEY_TABLE_H
#define CHECKPOINT_AGENT_INSPECT_KEY_TABLE_H

#include "lib/base/arena.h"
#include "lib/base/err.h"

#include <stddef.h>
#include <stdint.h>

struct key_entry {
	uint64_t key;
	uint32_t at, n; /* place and length, as the table's owner means them */
};

struct key_table {
	struct key_entry *list; /* in the owner's arena; begin with {0} */
	size_t n, room;
};

/* Append an entry.  0, or -1 (ERR_LIMIT). */
int key_table_add(struct arena *a, struct key_table *t, struct key_entry entry,
	struct err *e);

/* When all are added; entries of one key stay in the order of their places. */
void key_table_sort(struct key_table *t);

/* An entry whose key another one has, too; NULL: all differ.  Sort before. */
const struct key_entry *key_table_twice(const struct key_table *t);

/* The first entry with this key, or NULL; adds comparisons to *steps. */
const struct key_entry *key_table_find(
	const struct key_table *t, uint64_t key, uint64_t *steps);

#endif
