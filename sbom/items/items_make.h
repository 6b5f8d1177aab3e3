/*
 * items_make - from the model to its components and their bonds.
 */
#ifndef KEELSON_SBOM_ITEMS_ITEMS_MAKE_H
#define KEELSON_SBOM_ITEMS_ITEMS_MAKE_H

#include "sbom/items/items.h"

/*
 * Make the items of a model.  They are in its arena, and point into it.
 * 0, or -1: a file that has changed since, no memory.
 */
int items_make(const struct model *m, struct items *out, struct err *e);

#endif
