/*
 * diff_facts - collect facts, then compare two lists by a sorted merge.
 *
 * Facts are sorted by kind and key, so reports come grouped by kind.
 */
#include "checkpoint-agent/inspect/diff_facts.h"

#include "lib/base/array.h"

#include <stdlib.h>

#define FACTS_MAX   (8u << 20)
#define ARENA_BYTES (1024u << 20)

struct diff_facts diff_facts_make(void)
{
	return (struct diff_facts){.arena = arena_make(ARENA_BYTES)};
}

void diff_facts_free(struct diff_facts *f)
{
	free(f->list);
	arena_free(&f->arena);
}

static int reserve_fact(struct diff_facts *f, struct err *e)
{
	const struct array_kind facts = {
		sizeof(*f->list), FACTS_MAX, "facts to compare"};
	struct fact *list = array_grow(f->list, f->n, &f->room, &facts, e);

	if (!list)
		return -1;
	f->list = list;
	return 0;
}

int diff_facts_add(struct diff_facts *f, enum fact_kind kind, struct str key,
	struct str value, struct err *e)
{
	const char *k = arena_copy(&f->arena, key);
	const char *v = arena_copy(&f->arena, value);

	if (!k || !v)
		return err_kind(e, ERR_LIMIT, "too much to compare");
	if (reserve_fact(f, e) < 0)
		return -1;
	f->list[f->n++] = (struct fact){kind, {k, key.n}, {v, value.n}};
	return 0;
}

/* Keys compare as bytes: numbers in them ("2", "10") sort as text. */
static int compare_facts(const struct fact *a, const struct fact *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return str_cmp(a->key, b->key);
}

static int compare_any(const void *a, const void *b)
{
	return compare_facts(a, b);
}

static void sort_facts(struct diff_facts *f)
{
	if (f->n)
		qsort(f->list, f->n, sizeof(*f->list), compare_any);
}

void diff_facts_compare(struct diff_facts *before, struct diff_facts *after,
	void (*report)(void *self, const struct fact *fact,
		const struct str *before, const struct str *after),
	void *self)
{
	size_t i = 0, j = 0;

	sort_facts(before);
	sort_facts(after);
	while (i < before->n || j < after->n) {
		const struct fact *a = i < before->n ? &before->list[i] : NULL;
		const struct fact *b = j < after->n ? &after->list[j] : NULL;
		int o = !a ? 1 : !b ? -1 : compare_facts(a, b);

		i += o <= 0;
		j += o >= 0;
		if (o != 0 || !str_eq(a->value, b->value))
			report(self, o <= 0 ? a : b, o <= 0 ? &a->value : NULL,
				o >= 0 ? &b->value : NULL);
	}
}
