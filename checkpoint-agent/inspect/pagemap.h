/*
 * pagemap - which addresses the dumped pages of an archive belong to.
 *
 * A pages-N.img is nothing but memory pages.  The pagemap that names N lists
 * their addresses, in a process or in a segment of shared memory.
 * Addresses are virtual addresses in bytes; pages and indexes count pages of
 * PAGEMAP_PAGE_BYTES.
 * Source: CRIU 4, images/pagemap.proto.
 */
#ifndef CHECKPOINT_AGENT_INSPECT_PAGEMAP_H
#define CHECKPOINT_AGENT_INSPECT_PAGEMAP_H

#include "checkpoint-agent/inspect/images.h"

/* CRIU's PAGE_SIZE on the processors that we are built for. */
#define PAGEMAP_PAGE_BYTES 4096

/* Pages that are adjacent both in the address space and in pages-N.img. */
struct pagemap_run {
	uint64_t address;
	uint64_t pages;
	uint64_t index;  /* of its first page in pages-N.img */
	uint64_t before; /* total pages of the runs before this one */
};

/*
 * The pages of one pages-N.img.  For a pre-dump, runs holds only the pages
 * that the final dump inherits, not those written or freed in between.
 */
struct pagemap_map {
	uint32_t pages_id;        /* the N of pages-N.img */
	bool is_predump;          /* below checkpoint/parent/ */
	uint32_t pid;             /* owner; for shared memory one that maps it;
				     0: nobody does */
	uint64_t pages;           /* in the whole pages-N.img */
	uint64_t run_pages;       /* in all runs */
	struct pagemap_run *runs; /* in the arena of the images */
	size_t run_count;
};

struct pagemap {
	struct pagemap_map *maps; /* in the arena of the images */
	size_t map_count;
};

/* Consecutive bytes of one run, on their way through a walk. */
struct pagemap_piece {
	const struct pagemap_map *map;
	uint64_t address;
	const void *bytes; /* not owned; valid during the call */
	size_t n;
};

/*
 * Read all pagemaps of an archive.  m lives as long as c.
 * Errors: ERR_INPUT a malformed pagemap, two for one pages-N.img; ERR_LIMIT.
 */
int pagemap_read(struct images *c, struct pagemap *m, struct err *e);

/* The map of the member `path`, a pages-N.img; NULL when there is none. */
const struct pagemap_map *pagemap_find(
	const struct pagemap *m, struct str path);

/* Bytes of a process's private memory in the archive. */
uint64_t pagemap_dumped(const struct images *c, uint32_t pid);

#endif
