/*
 * pages - walk over all dumped memory of an archive, with addresses.
 *
 * An archive is read twice: a pagemap may come after the pages that it
 * describes, so the first pass collects the pagemaps, and the second hands
 * out page after page and keeps nothing.  The archive must therefore be a
 * file, not standard input.
 */
#ifndef CHECKPOINT_AGENT_INSPECT_PAGES_H
#define CHECKPOINT_AGENT_INSPECT_PAGES_H

#include "checkpoint-agent/inspect/pagemap.h"
#include "checkpoint-agent/inspect/pod_archive.h"

/* What receives the content of the second pass; both return 0 or -1. */
struct pages_visitor {
	/* memory; a piece never crosses the end of a run */
	int (*piece)(
		void *self, const struct pagemap_piece *piece, struct err *e);
	/* any other file in the archive; NULL: skip them */
	int (*other)(void *self, struct tarfile_reader *r,
		const struct tarfile_entry *entry, struct err *e);
	void *self;
};

/*
 * The first pass.  Call images_free(c) in any case; m lives as long as c.
 * Errors: those of pod_archive_with(), images_read() and pagemap_read().
 */
int pages_read(const struct pod_archive_place *p, struct images *c,
	struct pagemap *m, struct err *e);

/*
 * The second pass; one at a time in a process.
 * Errors: ERR_INPUT pages without a pagemap, or more or fewer than it says.
 */
int pages_walk(const struct pod_archive_place *p, const struct pagemap *m,
	const struct pages_visitor *v, struct err *e);

#endif
