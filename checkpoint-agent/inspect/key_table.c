/*
 * key_table - a growing array, sorted by key and place, searched by halves.
 */
#include "checkpoint-agent/inspect/key_table.h"

#include <stdlib.h>

static int compare_entries(const void *a, const void *b)
{
	const struct key_entry *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

int key_table_add(struct arena *a, struct key_table *t, struct key_entry entry,
	struct err *e)
{
	struct key_entry *list =
		arena_grow(a, t->list, t->n, &t->room, sizeof(*list));

	if (!list)
		return err_kind(e, ERR_LIMIT, "CRIU images: out of memory");
	t->list = list;
	t->list[t->n++] = entry;
	return 0;
}

void key_table_sort(struct key_table *t)
{
	if (t->n)
		qsort(t->list, t->n, sizeof(*t->list), compare_entries);
}

const struct key_entry *key_table_twice(const struct key_table *t)
{
	for (size_t i = 1; i < t->n; i++)
		if (t->list[i].key == t->list[i - 1].key)
			return &t->list[i];
	return NULL;
}

const struct key_entry *key_table_find(
	const struct key_table *t, uint64_t key, uint64_t *steps)
{
	size_t from = 0, n = t->n;

	while (n) {
		size_t half = n / 2;

		++*steps;
		if (t->list[from + half].key < key) {
			from += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return from < t->n && t->list[from].key == key ? &t->list[from] : NULL;
}
