/*
 * compare - what changed between two archives of a container.
 *
 * Its documents, environment, mounts, processes, open files, root file system
 * and memory; one JSON document.  Both archives stream by twice.  Two archives
 * of pods are compared container by container, {"containers": [...]}; those
 * that only one of them has are told.  A container of a pod's archive may be
 * compared with a container's own.
 */
#ifndef CHECKPOINT_AGENT_COMPARE_H
#define CHECKPOINT_AGENT_COMPARE_H

#include "checkpoint-agent/unwrap.h"

struct compare {
	struct unwrap_place before, after; /* files; the same container */
	bool skips_memory;
};

/* Append the document; *is_same: nothing differs. 0 or -1. */
int compare_archives(
	const struct compare *q, struct buf *out, bool *is_same, struct err *e);

#endif
