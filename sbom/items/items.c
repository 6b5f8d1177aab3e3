/* items - look-ups. */
#include "sbom/items/items.h"

static const struct item *items_first(
	const struct items *items, enum item_kind kind)
{
	for (size_t i = 0; i < items->n; i++)
		if (items->list[i].kind == kind)
			return &items->list[i];
	return NULL;
}

/* The next one of the same kind, which stand together; NULL. */
static const struct item *items_next(
	const struct items *items, const struct item *x)
{
	const struct item *end = items->list + items->n;

	for (const struct item *y = x + 1; y < end; y++)
		if (y->kind == x->kind)
			return y;
	return NULL;
}

const struct item *items_of_program(
	const struct items *items, const struct model_program *p)
{
	const struct item *x = items_first(items, ITEM_PROGRAM);

	while (x != NULL && x->program != p)
		x = items_next(items, x);
	return x;
}

const struct item *items_of_library(
	const struct items *items, const struct trace_library *l)
{
	const struct model_library *lib = model_library(items->model, l);
	const struct item *x = items_first(items, ITEM_LIBRARY);

	while (x != NULL && x->library != lib)
		x = items_next(items, x);
	return x;
}

const struct item *items_of_package(
	const struct items *items, const struct lock_line *line)
{
	const struct item *x = items_first(items, ITEM_PACKAGE);

	if (line == NULL)
		return NULL;
	while (x != NULL && x->package->line != line)
		x = items_next(items, x);
	return x;
}

const struct item *items_of_patches(
	const struct items *items, const struct model_package *p)
{
	const struct item *x = items_first(items, ITEM_PATCHES);

	while (x != NULL && x->package != p)
		x = items_next(items, x);
	return x;
}

const struct item *items_of_host(const struct items *items, struct str package)
{
	const struct item *x = items_first(items, ITEM_HOST);

	while (x != NULL && !str_eq(x->host->record->package, package))
		x = items_next(items, x);
	return x;
}
