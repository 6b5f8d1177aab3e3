/*
 * compare - what changed between two archives of a container.
 *
 * Its documents, environment, mounts, processes, open files, root file system
 * and memory; one JSON document.  Both archives stream by twice.
 */
#ifndef CHECKPOINT_AGENT_COMPARE_H
#define CHECKPOINT_AGENT_COMPARE_H

#include "lib/base/args.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

struct compare {
	const char *before, *after; /* files */
	const struct args_list *identities;
	bool skips_memory;
};

/* Append the document; *is_same: nothing differs. 0 or -1. */
int compare_archives(const struct compare *q, struct buf *out, bool *is_same,
		struct err *e);

#endif
