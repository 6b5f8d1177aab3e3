/*
 * texts - the order of the bytes is an order that depends on nothing else.
 */
#include "images/attach/texts.h"

#include "lib/base/json.h"
#include "lib/base/whole.h"

#include <stdlib.h>

#define TEXTS_ONE_BYTES ((size_t)1 << 20)

int texts_add(struct texts *t, const struct buf *b, struct err *e)
{
	struct str *items;
	char *copy;

	if (whole_check(b, "entry", e) < 0)
		return -1;
	items = arena_grow(t->arena, t->items, t->n, &t->room, sizeof(*items));
	copy = arena_copy(t->arena, buf_view(b));
	if (!items || !copy)
		return err_kind(e, ERR_LIMIT, "out of memory");
	t->items = items;
	t->items[t->n++] = (struct str){copy, b->n};
	return 0;
}

int texts_add_node(struct texts *t, const struct node *n, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(TEXTS_ONE_BYTES);
	struct json_out o = json_out(&b, 0);

	json_node(&o, NULL, n);
	return texts_add(t, &b, e);
}

static int order_texts(const void *a, const void *b)
{
	const struct str *x = a, *y = b;

	return str_cmp(*x, *y);
}

void texts_sort(struct texts *t, size_t from)
{
	size_t kept = from;

	if (t->n <= from)
		return;
	qsort(t->items + from, t->n - from, sizeof(*t->items), order_texts);
	for (size_t i = from; i < t->n; i++)
		if (i == from || !str_eq(t->items[kept - 1], t->items[i]))
			t->items[kept++] = t->items[i];
	t->n = kept;
}

void texts_put(const struct texts *t, struct buf *out)
{
	for (size_t i = 0; i < t->n; i++) {
		if (i)
			buf_byte(out, ',');
		buf_str(out, t->items[i]);
	}
}
