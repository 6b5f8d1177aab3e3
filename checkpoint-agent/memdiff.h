/*
 * memdiff - which pages of a process are others in a second archive.
 *
 * Pure: two lists of hashed pages are walked side by side.
 */
#ifndef CHECKPOINT_AGENT_MEMDIFF_H
#define CHECKPOINT_AGENT_MEMDIFF_H

#include "checkpoint-agent/memhash.h"

/* Pages of one process that follow each other, with their hashes. */
struct memdiff_run {
	uint64_t address;
	uint64_t pages;
	const uint64_t *hash; /* not owned */
};

struct memdiff_side {
	struct memdiff_run *runs; /* owned; by address */
	size_t n;
};

struct memdiff_count {
	uint64_t same, changed;
	uint64_t added;   /* dumped in the second only */
	uint64_t removed; /* dumped in the first only */
};

/* All that a process has in an archive.  memdiff_side_free() in any case. */
int memdiff_collect(const struct memhash *h, uint32_t pid,
	struct memdiff_side *s, struct err *e);
void memdiff_side_free(struct memdiff_side *s);

/*
 * Each page that is in one of them: `tell` gets its address and a count in
 * which one member is 1.
 */
void memdiff_walk(const struct memdiff_side *before,
	const struct memdiff_side *after,
	void (*tell)(
		void *self, uint64_t address, const struct memdiff_count *one),
	void *self);

void memdiff_add(struct memdiff_count *sum, const struct memdiff_count *one);

#endif
