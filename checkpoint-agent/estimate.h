/*
 * estimate - how large an archive of a container will be, about.
 *
 * What CRIU writes is the private and shared memory of the processes; file
 * changes and tmpfs come on top.  Upper bounds are taken, and nothing is
 * stopped for it.
 */
#ifndef CHECKPOINT_AGENT_ESTIMATE_H
#define CHECKPOINT_AGENT_ESTIMATE_H

#include "lib/base/err.h"
#include "lib/base/str.h"

#include <stdint.h>

struct estimate {
	uint64_t memory_bytes;
	uint64_t process_count;
};

/* The process and all below it. */
int estimate_processes(uint32_t pid, struct estimate *x, struct err *e);

/* Pure: RssAnon, RssShmem and VmSwap of the text of /proc/PID/status. */
uint64_t estimate_status(struct str status);

#endif
