/*
 * memsearch - find a pattern in the dumped memory of an archive.
 *
 * Matches are reported as one JSON document: process, address, area and a few
 * bytes of context; for a pod's archive also the container.  Memory is
 * streamed, so archives of any size can be searched.
 */
#ifndef CHECKPOINT_AGENT_INSPECT_MEMSEARCH_H
#define CHECKPOINT_AGENT_INSPECT_MEMSEARCH_H

#include "checkpoint-agent/inspect/pod_archive.h"

struct memsearch {
	struct pod_archive_place place; /* a file: it is read twice */
	struct str pattern;             /* 1 to SCAN_PATTERN_MAX bytes */
	uint64_t context; /* bytes to report on either side of a match */
	uint64_t max;     /* matches to report; all are counted */
	uint64_t pid;     /* 0: every process */
};

/*
 * Append the document to out.  Not reentrant.  No error message contains the
 * pattern.  Errors: those of pages_read() and pages_walk().
 */
int memsearch_run(const struct memsearch *q, struct buf *out, struct err *e);

#endif
