/*
 * list - arrays in an arena that grow by one.
 */
#ifndef KEELSON_SBOM_LIST_H
#define KEELSON_SBOM_LIST_H

#include "lib/base/arena.h"

/*
 * An array with room for entry n, the old one or a larger copy of it; NULL
 * when memory ends.  *room is what it has room for; begin with NULL and 0.
 * @size  of an entry
 */
void *list_room(
	struct arena *a, void *old, size_t n, size_t *room, size_t size);

#endif
