/*
 * item_copyright - the copyright lines of components.
 */
#ifndef KEELSON_SBOM_ITEMS_ITEM_COPYRIGHT_H
#define KEELSON_SBOM_ITEMS_ITEM_COPYRIGHT_H

#include "lib/base/err.h"
#include "sbom/items/items.h"

/* Fill in those of all items, from the part of the notice that each is built
   from. 0 or -1. */
int items_set_copyright(struct items *items, struct err *e);

#endif
