/*
 * memhash - what is left of an archive's memory to compare it with another's:
 * eight bytes a page.
 *
 * They are the beginning of a SHA-256 of the page behind a random key, the
 * same for both archives: who wrote the memory can't make pages that look
 * alike.
 */
#ifndef CHECKPOINT_AGENT_MEMHASH_H
#define CHECKPOINT_AGENT_MEMHASH_H

#include "checkpoint-agent/memory.h"
#include "lib/arc/sha256.h"

struct memhash {
	const struct memory *memory; /* not owned */
	uint64_t **pages;            /* owned: one list a map */
	size_t now;                  /* the map that was put last */
	uint64_t next;               /* page of it that comes next */
};

/* The state that hashes begin with. 0 or -1. */
int memhash_key(struct sha256 *key, struct err *e);
uint64_t memhash_of(const struct sha256 *key, const void *bytes, size_t n);

/* Room for all pages.  memhash_free() in any case.  ERR_LIMIT: none. */
int memhash_start(struct memhash *h, const struct memory *m, struct err *e);
void memhash_free(struct memhash *h);

/* The next pages of this map, whole ones. */
int memhash_put(struct memhash *h, const struct sha256 *key,
	const struct memory_map *map, const void *bytes, size_t n,
	struct err *e);

#endif
