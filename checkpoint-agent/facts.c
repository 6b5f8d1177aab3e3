/*
 * facts - see facts.h.
 */
#include "checkpoint-agent/facts.h"

#include <stdlib.h>

#define FACTS_MAX   (8u << 20)
#define ARENA_BYTES (1024u << 20)

struct facts facts_make(void)
{
	return (struct facts){.arena = arena_make(ARENA_BYTES)};
}

void facts_free(struct facts *f)
{
	free(f->list);
	arena_free(&f->arena);
}

static int grow(struct facts *f, struct err *e)
{
	size_t cap = f->cap ? 2 * f->cap : 256;
	struct fact *list;

	if (f->n < f->cap)
		return 0;
	if (cap > FACTS_MAX)
		return err_kind(e, ERR_LIMIT, "too much to compare");
	list = realloc(f->list, cap * sizeof(*list));
	if (!list)
		return err_kind(e, ERR_LIMIT, "out of memory");
	f->list = list;
	f->cap = cap;
	return 0;
}

int facts_add(struct facts *f, enum fact_kind kind, struct str key,
	struct str value, struct err *e)
{
	const char *k = arena_copy(&f->arena, key);
	const char *v = arena_copy(&f->arena, value);

	if (!k || !v)
		return err_kind(e, ERR_LIMIT, "too much to compare");
	if (grow(f, e) < 0)
		return -1;
	f->list[f->n++] = (struct fact){kind, {k, key.n}, {v, value.n}};
	return 0;
}

/* Numbers in keys ("2", "10") are not ordered as such, only steadily. */
static int order(const struct fact *a, const struct fact *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return str_cmp(a->key, b->key);
}

static int order_any(const void *a, const void *b)
{
	return order(a, b);
}

static void sort(struct facts *f)
{
	if (f->n)
		qsort(f->list, f->n, sizeof(*f->list), order_any);
}

void facts_compare(struct facts *before, struct facts *after,
	void (*tell)(void *self, const struct fact *fact,
		const struct str *before, const struct str *after),
	void *self)
{
	size_t i = 0, j = 0;

	sort(before);
	sort(after);
	while (i < before->n || j < after->n) {
		const struct fact *a = i < before->n ? &before->list[i] : NULL;
		const struct fact *b = j < after->n ? &after->list[j] : NULL;
		int o = !a ? 1 : !b ? -1 : order(a, b);

		i += o <= 0;
		j += o >= 0;
		if (o != 0 || !str_eq(a->value, b->value))
			tell(self, o <= 0 ? a : b, o <= 0 ? &a->value : NULL,
				o >= 0 ? &b->value : NULL);
	}
}
