/*
 * gather - one archive made ready to be compared: its facts, and a hash of
 * each page and each changed file.
 */
#ifndef CHECKPOINT_AGENT_GATHER_H
#define CHECKPOINT_AGENT_GATHER_H

#include "checkpoint-agent/facts.h"
#include "checkpoint-agent/memhash.h"
#include "checkpoint-agent/unwrap.h"

struct gather {
	struct content content;
	struct facts facts;
	struct memory memory;
	struct memhash hashes;
};

/*
 * Read it, twice.  key: memhash_key().  skips_memory: no page is hashed.
 * gather_free() in any case.
 */
int gather_archive(struct gather *g, const struct unwrap_place *p,
	const struct sha256 *key, bool skips_memory, struct err *e);
void gather_free(struct gather *g);

#endif
