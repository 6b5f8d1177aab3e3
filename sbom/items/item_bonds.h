/*
 * item_bonds - what of an image holds what, and which item nests in which.
 */
#ifndef KEELSON_SBOM_ITEMS_ITEM_BONDS_H
#define KEELSON_SBOM_ITEMS_ITEM_BONDS_H

#include "sbom/items/items.h"

/* Add the bonds of all items, then set `within` of each. 0 or -1. */
int items_bind(struct items *items, struct err *e);

#endif
