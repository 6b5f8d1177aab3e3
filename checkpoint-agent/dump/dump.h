/*
 * dump - dump one container into one archive, and leave it running.
 *
 * Everything is prepared before CRIU is asked to stop the container; while it
 * stands still its memory and its changed files are read at the same time.
 */
#ifndef CHECKPOINT_AGENT_DUMP_DUMP_H
#define CHECKPOINT_AGENT_DUMP_DUMP_H

#include "checkpoint-agent/dump/order.h"
#include "checkpoint-agent/ipc/dump_result.h"
#include "lib/base/err.h"

/*
 * 0 and *r, or -1.  In both cases the container runs afterwards, unless it was
 * paused before; after -1 no archive is left.
 */
int dump_container(
	const struct dump_order *o, struct dump_result *r, struct err *e);

#endif
