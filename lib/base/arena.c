/*
 * arena - a list of blocks, filled in order.  A new block is twice as large as
 * the last one, at most 1 MiB unless a single allocation needs more.  Memory is
 * zeroed when it is handed out, so a reset costs nothing.
 */
#include "lib/base/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_FIRST_BYTES   4096
#define ARENA_LARGEST_BYTES ((size_t)1 << 20)
#define ARENA_FIRST_ENTRIES 64 /* of an array that grows */

struct arena_block {
	struct arena_block *next;
	size_t size;
	size_t used;
	alignas(max_align_t) char bytes[];
};

struct arena arena_make(size_t max)
{
	return (struct arena){.max = max};
}

static struct arena_block *block_add(struct arena *a, size_t need)
{
	size_t size = a->now ? a->now->size * 2 : ARENA_FIRST_BYTES;
	struct arena_block *b;

	if (size > ARENA_LARGEST_BYTES)
		size = ARENA_LARGEST_BYTES;
	if (size < need)
		size = need;
	if (size > a->max - a->total)
		size = a->max - a->total;
	a->is_over |= size < need;
	if (size < need)
		return NULL;
	b = malloc(sizeof *b + size);
	if (!b)
		return NULL;
	b->size = size;
	b->used = 0;
	b->next = a->now ? a->now->next : NULL;
	if (a->now)
		a->now->next = b;
	else
		a->first = b;
	a->now = b;
	a->total += size;
	return b;
}

void *arena_alloc(struct arena *a, size_t n)
{
	size_t align = alignof(max_align_t);
	void *at;

	if (n > SIZE_MAX - align)
		return NULL;
	n = (n + align - 1) / align * align;
	while (a->now && a->now->size - a->now->used < n && a->now->next) {
		a->now = a->now->next;
		a->now->used = 0;
	}
	if (!a->now || a->now->size - a->now->used < n)
		if (!block_add(a, n))
			return NULL;
	at = a->now->bytes + a->now->used;
	a->now->used += n;
	return memset(at, 0, n);
}

void *arena_grow(
	struct arena *a, void *old, size_t n, size_t *room, size_t size)
{
	size_t more = *room ? 2 * *room : ARENA_FIRST_ENTRIES;
	void *new;

	if (n < *room)
		return old;
	new = more > SIZE_MAX / 2 / size ? NULL : arena_alloc(a, more * size);
	if (!new)
		return NULL;
	if (*room)
		memcpy(new, old, *room * size);
	*room = more;
	return new;
}

char *arena_copy(struct arena *a, struct str s)
{
	char *at = s.n == SIZE_MAX ? NULL : arena_alloc(a, s.n + 1);

	if (at && s.n)
		memcpy(at, s.p, s.n);
	return at;
}

void arena_reset(struct arena *a)
{
	a->now = a->first;
	a->is_over = false;
	if (a->now)
		a->now->used = 0;
}

void arena_wipe(struct arena *a)
{
	for (struct arena_block *b = a->first; b; b = b->next)
		explicit_bzero(b->bytes, b->size);
	arena_free(a);
}

void arena_free(struct arena *a)
{
	struct arena_block *b = a->first;

	while (b) {
		struct arena_block *next = b->next;

		free(b);
		b = next;
	}
	*a = (struct arena){.max = a->max};
}
