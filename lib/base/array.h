/*
 * array - an array on the heap that grows as entries are appended to it.
 *
 * The owner keeps the pointer, the count and the capacity, and frees the
 * pointer.  Arrays that live as long as an arena grow with arena_grow().
 */
#ifndef KEELSON_BASE_ARRAY_H
#define KEELSON_BASE_ARRAY_H

#include "lib/base/err.h"

#include <stddef.h>

struct array_kind {
	size_t entry_bytes;
	size_t max;       /* entries */
	const char *what; /* "files", for the error */
};

/*
 * An array with room for its entry n: the old one, or a larger one in its
 * place.  Call it before appending each entry.
 * @old   NULL with *room 0 to begin with
 * @room  the capacity in entries
 * NULL on failure, and the old array is still the owner's.  Errors: ERR_LIMIT
 * max entries are there already, or memory is out.
 */
void *array_grow(void *old, size_t n, size_t *room,
	const struct array_kind *kind, struct err *e);

#endif
