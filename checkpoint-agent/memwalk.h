/*
 * memwalk - all dumped memory of an archive, with its addresses.
 *
 * Two passes: pagemaps may stand behind the pages they are about, so they are
 * collected first.  The second hands out page after page and keeps nothing.
 */
#ifndef CHECKPOINT_AGENT_MEMWALK_H
#define CHECKPOINT_AGENT_MEMWALK_H

#include "checkpoint-agent/memory.h"
#include "checkpoint-agent/unwrap.h"

struct memwalk {
	/* n bytes at this address; never across the end of a run */
	int (*put)(void *self, const struct memory_map *map, uint64_t address,
		const void *bytes, size_t n, struct err *e);
	/* another member of the archive; NULL: passed over */
	int (*other)(void *self, struct pack_reader *r,
		const struct pack_entry *entry, struct err *e);
	void *self;
};

/* The first pass, over a file.  content_free() in any case. */
int memwalk_read(const struct unwrap_place *p, struct content *c,
	struct memory *m, struct err *e);

/* The second pass.  Errors: ERR_INPUT pages without a pagemap, or cut. */
int memwalk_run(const struct unwrap_place *p, const struct memory *m,
	const struct memwalk *w, struct err *e);

#endif
