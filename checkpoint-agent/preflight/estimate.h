/*
 * estimate - how large the archive of a container will be, and how long the
 * container will stand still.
 *
 * CRIU writes the private and shared memory of the processes; changed files
 * and tmpfs come on top.  Upper bounds are taken, and nothing is stopped.
 */
#ifndef CHECKPOINT_AGENT_PREFLIGHT_ESTIMATE_H
#define CHECKPOINT_AGENT_PREFLIGHT_ESTIMATE_H

#include "lib/base/err.h"
#include "lib/base/str.h"

#include <stdint.h>

struct estimate {
	uint64_t memory_bytes;
	uint64_t process_count;
};

/* Add up the process and its descendants. */
int estimate_processes(uint32_t pid, struct estimate *x, struct err *e);

/*
 * Pure: bytes of the archive, uncompressed and without changed files.  Right
 * within a factor of 2 from a few MiB on.
 */
uint64_t estimate_archive_bytes(const struct estimate *x);

/* Pure: how long the container stands still, on an unloaded machine. */
uint64_t estimate_frozen_ms(const struct estimate *x);

/* Pure: bytes of RssAnon, RssShmem and VmSwap in a /proc/PID/status text. */
uint64_t estimate_memory_bytes(struct str status);

#endif
