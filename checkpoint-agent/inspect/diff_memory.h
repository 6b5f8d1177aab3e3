/*
 * diff_memory - write the memory that differs between two archives as JSON.
 */
#ifndef CHECKPOINT_AGENT_INSPECT_DIFF_MEMORY_H
#define CHECKPOINT_AGENT_INSPECT_DIFF_MEMORY_H

#include "checkpoint-agent/inspect/diff_gather.h"
#include "lib/base/json.h"

struct diff_memory {
	struct diff_gather *before, *after; /* both with hashes */
	bool differs;                       /* out: a page does */
};

/*
 * Put the member "memory": page counts in total, per process and per area.
 * Returns 0 or -1 with the JSON still well-formed.  Errors: ERR_LIMIT.
 */
int diff_memory_put(struct diff_memory *d, struct json_out *o, struct err *e);

#endif
