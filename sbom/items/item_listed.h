/*
 * item_listed - what scanners are to count, and the release that it is from.
 */
#ifndef KEELSON_SBOM_ITEMS_ITEM_LISTED_H
#define KEELSON_SBOM_ITEMS_ITEM_LISTED_H

#include "sbom/items/items.h"

/* The package that a program is of: that of most of the objects that were
   linked by themselves, if none is the project's own; NULL. */
const struct item *item_base(
	const struct items *items, const struct model_program *p);

/* The suite of most lines of the lock; empty when there is none. */
struct str item_release(const struct lock *l);

/* Set is_listed of each item, and `debian` when one of them is of it. */
void item_mark_listed(struct items *items);

#endif
