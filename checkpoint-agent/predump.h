/*
 * predump - may memory be dumped beforehand, while the container runs?
 *
 * A dump that follows holds only what was written since, and the container
 * stands still shorter.  It takes a kernel that notes which
 * memory is written; on any other one CRIU's pre-dump wrecks the process.
 */
#ifndef CHECKPOINT_AGENT_PREDUMP_H
#define CHECKPOINT_AGENT_PREDUMP_H

#include "lib/base/err.h"

#include <stdbool.h>

/* Try it with a page of our own; nothing else is touched. */
int predump_probe(bool *is_tracked, struct err *e);

/* The same: 0, or -1 and the reason why a pre-dump cannot be had here. */
int predump_check(struct err *e);

#endif
