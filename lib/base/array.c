/*
 * array - double the capacity whenever it is used up, so that appending costs
 * the same on average however long the array becomes.
 */
#include "lib/base/array.h"

#include <stdint.h>
#include <stdlib.h>

#define FIRST_ENTRIES 64

void *array_grow(void *old, size_t n, size_t *room,
	const struct array_kind *kind, struct err *e)
{
	size_t more = *room ? 2 * *room : FIRST_ENTRIES;
	void *bigger;

	if (n >= kind->max) {
		err_kind(e, ERR_LIMIT, "more than %zu %s", kind->max,
			kind->what);
		return NULL;
	}
	if (n < *room)
		return old;
	bigger = more > SIZE_MAX / kind->entry_bytes
			 ? NULL
			 : realloc(old, more * kind->entry_bytes);
	if (!bigger) {
		err_kind(e, ERR_LIMIT, "out of memory for more than %zu %s", n,
			kind->what);
		return NULL;
	}
	*room = more;
	return bigger;
}
