/*
 * list - arrays in an arena that grow by one.
 *
 * How: doubled when full; the old half stays in the arena until that is
 * freed, which is the price for having one lifetime only.
 */
#include "sbom/list.h"

#include <stdint.h>
#include <string.h>

enum { LIST_FIRST_ROOM = 64 };

void *list_room(struct arena *a, void *old, size_t n, size_t *room, size_t size)
{
	size_t more = *room == 0 ? LIST_FIRST_ROOM : 2 * *room;
	void *new;

	if (n < *room)
		return old;
	new = more > SIZE_MAX / 2 / size ? NULL : arena_alloc(a, more * size);
	if (new == NULL)
		return NULL;
	if (n > 0)
		memcpy(new, old, n * size);
	*room = more;
	return new;
}
