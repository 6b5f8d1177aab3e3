/*
 * dump_result - the archive that a dump made, and how long it took.
 *
 * Filled by the dump, sent by the back as part of its answer, counted by the
 * front, printed by `checkpoint-agent dump`.  Plain values: it crosses a
 * socket between our own processes as it is.
 */
#ifndef CHECKPOINT_AGENT_IPC_DUMP_RESULT_H
#define CHECKPOINT_AGENT_IPC_DUMP_RESULT_H

#include <limits.h>
#include <stdint.h>

struct dump_result {
	uint64_t bytes;             /* of the archive file */
	uint64_t frozen_us;         /* how long the container stood still */
	uint64_t predump_frozen_us; /* the same for the pre-dump; 0: none */
	uint64_t total_us;          /* from the first look to the file name */
	char name[NAME_MAX + 1];    /* file name of the archive */
};

#endif
