/*
 * predump - may memory be dumped beforehand, while the container runs?
 *
 * A dump that follows would hold only what was written since, and the
 * container would stand still shorter.  It takes a kernel that notes which
 * memory is written; on any other one CRIU's pre-dump wrecks the process.
 */
#ifndef CHECKPOINT_AGENT_PREDUMP_H
#define CHECKPOINT_AGENT_PREDUMP_H

#include "lib/base/err.h"

#include <stdbool.h>

/* Try it with a page of our own; nothing else is touched. */
int predump_probe(bool *is_tracked, struct err *e);

/*
 * Refuse a pre-dump, saying why it cannot be had here.  Always -1: where the
 * kernel would allow it this agent does not, since CRIU streams no images that
 * refer to those of an earlier dump.
 */
int predump_refuse(struct err *e);

#endif
