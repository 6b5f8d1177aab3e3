/*
 * page_diff - compare the pages of one process in two archives.
 *
 * Pure: two lists of hashed pages, sorted by address, are merged.
 */
#ifndef CHECKPOINT_AGENT_INSPECT_PAGE_DIFF_H
#define CHECKPOINT_AGENT_INSPECT_PAGE_DIFF_H

#include "checkpoint-agent/inspect/page_hashes.h"

/* Adjacent pages of one process, with their hashes. */
struct page_diff_run {
	uint64_t address;
	uint64_t pages;
	const uint64_t *hash; /* not owned */
};

struct page_diff_side {
	struct page_diff_run *runs; /* owned; sorted by address */
	size_t n;
};

struct page_diff_count {
	uint64_t same, changed;
	uint64_t added;   /* only in the second archive */
	uint64_t removed; /* only in the first archive */
};

/*
 * Collect the pages of a process in one archive.  h must outlive s; call
 * page_diff_side_free() in any case.  Errors: ERR_LIMIT out of memory.
 */
int page_diff_collect(const struct page_hashes *h, uint32_t pid,
	struct page_diff_side *s, struct err *e);
void page_diff_side_free(struct page_diff_side *s);

/*
 * Call `visit` for each page in either archive, in the order of addresses:
 * exactly one member of *one is 1.
 */
void page_diff_walk(const struct page_diff_side *before,
	const struct page_diff_side *after,
	void (*visit)(void *self, uint64_t address,
		const struct page_diff_count *one),
	void *self);

/* Add *one to *sum. */
void page_diff_add(
	struct page_diff_count *sum, const struct page_diff_count *one);

#endif
