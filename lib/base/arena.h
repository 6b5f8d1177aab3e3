/*
 * arena - memory with one lifetime, given back whole.
 *
 * Allocation only moves a pointer; arena_reset() keeps the blocks for the
 * next request, arena_free() returns them.  The ceiling is the caller's and
 * counts all blocks.  What an arena gives is zeroed and aligned for any type.
 */
#ifndef KEELSON_BASE_ARENA_H
#define KEELSON_BASE_ARENA_H

#include "lib/base/err.h"
#include "lib/base/str.h"

#include <stdbool.h>

struct arena_block;

struct arena {
	struct arena_block *first;
	struct arena_block *now;
	size_t total; /* bytes held in blocks */
	size_t max;   /* ceiling of total */
	bool is_over; /* since the last reset the ceiling refused something */
};

/* An empty arena of at most max bytes. */
struct arena arena_make(size_t max);

/* n zeroed bytes, or NULL when the ceiling or memory is reached. */
void *arena_alloc(struct arena *a, size_t n);

/* A NUL-terminated copy; NULL when there is no room. */
char *arena_copy(struct arena *a, struct str s);

/* Everything given so far becomes invalid; the blocks stay for reuse. */
void arena_reset(struct arena *a);
void arena_free(struct arena *a);

/* As arena_free, the bytes wiped first: for secrets. */
void arena_wipe(struct arena *a);

#define AUTO_ARENA __attribute__((cleanup(arena_free)))

#endif
