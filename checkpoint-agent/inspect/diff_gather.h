/*
 * diff_gather - read one archive into what a comparison needs: facts, CRIU
 * images, and a hash of each memory page and each changed file.
 */
#ifndef CHECKPOINT_AGENT_INSPECT_DIFF_GATHER_H
#define CHECKPOINT_AGENT_INSPECT_DIFF_GATHER_H

#include "checkpoint-agent/inspect/diff_facts.h"
#include "checkpoint-agent/inspect/page_hashes.h"
#include "checkpoint-agent/inspect/pod_archive.h"

/* How to read it. */
struct diff_gather_order {
	struct pod_archive_place place; /* a file: it is read twice */
	const struct sha256 *key;       /* from page_hashes_key(); not owned */
	bool skips_memory;              /* hash no page */
};

struct diff_gather {
	struct images images;
	struct diff_facts facts;
	struct pagemap memory;
	struct page_hashes hashes; /* empty if memory is skipped */
};

/*
 * Read the archive.  o->key must outlive g; call diff_gather_free() in any
 * case. Errors: those of pages_read(), pages_walk() and diff_facts_add().
 */
int diff_gather_archive(struct diff_gather *g,
	const struct diff_gather_order *o, struct err *e);
void diff_gather_free(struct diff_gather *g);

#endif
