/*
 * memsearch - where in an archive's memory a pattern stands.
 *
 * Any size streams by; what is told are processes, addresses and a few bytes
 * around, in one JSON document; for a pod's archive also which container.
 */
#ifndef CHECKPOINT_AGENT_MEMSEARCH_H
#define CHECKPOINT_AGENT_MEMSEARCH_H

#include "checkpoint-agent/unwrap.h"

struct memsearch {
	struct unwrap_place place; /* a file: it is read twice */
	struct str pattern;        /* bytes, 1 to MEMSCAN_PATTERN_MAX */
	uint64_t context;          /* bytes on both sides that are told */
	uint64_t max;              /* matches that are told; all are counted */
	uint64_t pid;              /* 0: every process */
};

/* Append the document.  The pattern itself is in no message. 0 or -1. */
int memsearch_run(const struct memsearch *q, struct buf *out, struct err *e);

#endif
