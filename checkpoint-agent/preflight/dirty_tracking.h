/*
 * dirty_tracking - does the kernel track which memory is written?
 *
 * A pre-dump copies memory while the container runs, and the dump after it
 * copies only what was written since, so that the container stands still for a
 * shorter time.  On a kernel without tracking CRIU's pre-dump breaks the
 * process.
 */
#ifndef CHECKPOINT_AGENT_PREFLIGHT_DIRTY_TRACKING_H
#define CHECKPOINT_AGENT_PREFLIGHT_DIRTY_TRACKING_H

#include "lib/base/err.h"

#include <stdbool.h>

/* Try it on a page of our own; other processes are not touched. */
int dirty_tracking_probe(bool *is_tracked, struct err *e);

/* The same: 0, or -1 and why no pre-dump is possible on this node. */
int dirty_tracking_check(struct err *e);

#endif
