/*
 * item_copyright - a package has the lines of its files that are inside; what
 * is built from it has the same, and what is built from the project its own.
 */
#include "sbom/items/item_copyright.h"

/* The part of an item; NULL: nothing is known of whose it is. */
static const struct notice_part *item_part(
	const struct items *items, const struct item *x)
{
	bool is_host = x->kind == ITEM_LIBRARY &&
		       x->library->origin.kind == ORIGIN_HOST;

	if (x->kind == ITEM_PATCHES || x->kind == ITEM_HOST ||
		x->kind == ITEM_UNTRACED || is_host)
		return NULL;
	return notice_part(items->notice,
		x->kind == ITEM_PACKAGE ? x->package : x->base, NULL);
}

int items_set_copyright(struct items *items, struct err *e)
{
	for (size_t i = 0; i < items->n; i++) {
		const struct notice_part *p = item_part(items, &items->list[i]);

		if (p != NULL && notice_copyright(items->notice, p,
					 &items->list[i].copyright, e) < 0)
			return -1;
	}
	return 0;
}
