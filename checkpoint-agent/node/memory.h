/*
 * memory - how much memory a process may still take.
 *
 * Source: proc_meminfo(5); kernel, admin-guide/cgroup-v2.rst and
 * admin-guide/cgroup-v1/memory.rst.
 */
#ifndef CHECKPOINT_AGENT_NODE_MEMORY_H
#define CHECKPOINT_AGENT_NODE_MEMORY_H

#include "lib/base/err.h"
#include "lib/base/str.h"

#include <stdint.h>

/* Pure: MemAvailable in bytes, from the text of /proc/meminfo. */
int memory_parse_available(struct str meminfo, uint64_t *bytes, struct err *e);

/* Texts of files of a control group; empty: the group has no such file. */
struct memory_group {
	struct str limit; /* memory.max, memory.limit_in_bytes */
	struct str used;  /* memory.current, memory.usage_in_bytes */
	struct str stat;  /* memory.stat */
};

/*
 * Pure: what the group leaves, in bytes.  Files in its page cache that nobody
 * uses count as free.  UINT64_MAX: it has no limit.
 */
uint64_t memory_left(const struct memory_group *g);

/*
 * The least of what the node has and what the control groups of this process
 * leave.  ERR_INPUT: the kernel does not say.
 */
int memory_free(uint64_t *bytes, struct err *e);

#endif
