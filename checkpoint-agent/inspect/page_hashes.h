/*
 * page_hashes - eight bytes for each dumped page, to compare archives by.
 *
 * A hash is the head of SHA-256(key || page), with one random key for both
 * archives: a program that controls its memory cannot craft two different
 * pages with equal hashes.
 */
#ifndef CHECKPOINT_AGENT_INSPECT_PAGE_HASHES_H
#define CHECKPOINT_AGENT_INSPECT_PAGE_HASHES_H

#include "checkpoint-agent/inspect/pagemap.h"
#include "lib/arc/sha256.h"

struct page_hashes {
	const struct sha256 *key;     /* not owned */
	const struct pagemap *memory; /* not owned */
	uint64_t **pages;             /* owned: one list per map */
	size_t now;                   /* index of the current map */
	uint64_t next;                /* page within its runs */
};

/* Start a SHA-256 with a random key.  0 or -1: no random numbers. */
int page_hashes_key(struct sha256 *key, struct err *e);
uint64_t page_hashes_of(const struct sha256 *key, const void *bytes, size_t n);

/*
 * Allocate a hash for each page of m.  key and m must outlive h; call
 * page_hashes_free() in any case.  Errors: ERR_LIMIT out of memory.
 */
int page_hashes_start(struct page_hashes *h, const struct sha256 *key,
	const struct pagemap *m, struct err *e);
void page_hashes_free(struct page_hashes *h);

/*
 * Hash the next pages of a map, in the order of its runs.  The piece must be
 * whole pages: ERR_INPUT otherwise.
 */
int page_hashes_put(struct page_hashes *h, const struct pagemap_piece *piece,
	struct err *e);

#endif
