/*
 * listing - an array that is filled, sorted once and searched by halves.
 */
#include "images/read/listing.h"

#include "lib/base/array.h"

#include <stdlib.h>

int listing_add(struct listing *l, const struct listed *x, struct err *e)
{
	const struct array_kind files = {
		sizeof(*l->items), LISTING_MAX, "files"};
	void *bigger = array_grow(l->items, l->n, &l->room, &files, e);

	if (!bigger)
		return -1;
	l->items = bigger;
	l->items[l->n++] = *x;
	return 0;
}

static int listing_order(const void *a, const void *b)
{
	const struct listed *x = a, *y = b;

	return str_cmp(x->path, y->path);
}

static int listing_order_key(const void *key, const void *item)
{
	const struct listed *y = item;

	return str_cmp(*(const struct str *)key, y->path);
}

int listing_sort(struct listing *l, struct err *e)
{
	if (l->n)
		qsort(l->items, l->n, sizeof(*l->items), listing_order);
	for (size_t i = 1; i < l->n; i++)
		if (str_eq(l->items[i].path, l->items[i - 1].path))
			return err_kind(e, ERR_INPUT, "/%.*s occurs twice",
				STR_ARG(l->items[i].path));
	return 0;
}

const struct listed *listing_find(const struct listing *l, struct str path)
{
	if (!l->n)
		return NULL;
	return bsearch(
		&path, l->items, l->n, sizeof(*l->items), listing_order_key);
}

void listing_free(struct listing *l)
{
	free(l->items);
	l->items = NULL;
}
