/*
 * arena - memory with one lifetime, freed as a whole.
 *
 * Allocation only moves a pointer; arena_reset() keeps the blocks for the
 * next request, arena_free() frees them.  The caller sets a ceiling for all
 * blocks together.  Memory from an arena is zeroed and aligned for any type.
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
	bool is_over; /* the ceiling was hit since the last reset */
};

/* An empty arena of at most max bytes. */
struct arena arena_make(size_t max);

/* n zeroed bytes; NULL beyond the ceiling or when memory is out. */
void *arena_alloc(struct arena *a, size_t n);

/*
 * An array with room for its entry n: the old one, or a copy of twice the
 * size; NULL as arena_alloc().  Call it before appending each entry.
 * The old copy stays in the arena.
 * @room  the capacity in entries; begin with old = NULL and *room = 0
 * @size  of an entry, in bytes
 */
void *arena_grow(
	struct arena *a, void *old, size_t n, size_t *room, size_t size);

/* A NUL-terminated copy; NULL as arena_alloc(). */
char *arena_copy(struct arena *a, struct str s);

/* Invalidate everything allocated so far; the blocks stay for reuse. */
void arena_reset(struct arena *a);
void arena_free(struct arena *a);

/* Like arena_free(), but wipe the bytes first: for secrets. */
void arena_wipe(struct arena *a);

#define AUTO_ARENA __attribute__((cleanup(arena_free)))

#endif
