/*
 * item_package - pinned packages and the archives of their patches as items.
 */
#ifndef KEELSON_SBOM_ITEMS_ITEM_PACKAGE_H
#define KEELSON_SBOM_ITEMS_ITEM_PACKAGE_H

#include "sbom/items/items.h"

/* Debian, the maker of binary packages and of patches. */
const struct sbom_party *item_debian(void);

/* Add a package, or the archive of its patches. 0 or -1. */
int item_add_package(
	struct items *items, const struct model_package *p, struct err *e);
int item_add_patches(
	struct items *items, const struct model_package *p, struct err *e);

#endif
