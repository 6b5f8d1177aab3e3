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

/*
 * Pure: what an archive of it would take, uncompressed and without changed
 * files, and how long the container would stand still.  Sizes are right within
 * a factor of 2 from some MiB on; the time is that of an unloaded machine.
 */
uint64_t estimate_archive(const struct estimate *x);
uint64_t estimate_frozen_ms(const struct estimate *x);

/* Pure: RssAnon, RssShmem and VmSwap of the text of /proc/PID/status. */
uint64_t estimate_status(struct str status);

#endif
