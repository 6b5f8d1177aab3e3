/*
 * items_make - from the model to its components and their bonds.
 */
#ifndef KEELSON_SBOM_ITEMS_ITEMS_MAKE_H
#define KEELSON_SBOM_ITEMS_ITEMS_MAKE_H

#include "sbom/items/items.h"

/*
 * Make the items of a notice's model.  They are in its arena, and point into
 * it and the notice.  0, or -1: a file that has changed since, no memory.
 */
int items_make(const struct notice *notice, struct items *out, struct err *e);

/* Say of the image again what is in it: files were added to the model. */
int items_say_image(struct items *items, struct err *e);

#endif
