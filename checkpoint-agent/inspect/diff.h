/*
 * diff - what changed between two archives of a container, or of a pod.
 *
 * The result is one JSON document: metadata, environment, mounts, processes,
 * open files, root file system and memory.  Two pods' archives are compared
 * container by container into {"containers": [...]}; a container that only
 * one of them has is listed as added or removed.  One container of a pod's
 * archive can be compared with a single container's archive.
 */
#ifndef CHECKPOINT_AGENT_INSPECT_DIFF_H
#define CHECKPOINT_AGENT_INSPECT_DIFF_H

#include "checkpoint-agent/inspect/pod_archive.h"

struct diff {
	struct pod_archive_place before, after; /* files; same container */
	bool skips_memory;
};

/*
 * Append the document to out.  Both archives are read twice.  Not reentrant.
 * Errors: those of pages_read() and pages_walk(); ERR_USAGE if container does
 * not fit the two files.
 */
int diff_archives(const struct diff *q, struct buf *out, struct err *e);

#endif
