/*
 * memsearch - where in an archive's memory a pattern stands.
 *
 * Any size streams by; what is told are processes, addresses and a few bytes
 * around, in one JSON document.
 */
#ifndef CHECKPOINT_AGENT_MEMSEARCH_H
#define CHECKPOINT_AGENT_MEMSEARCH_H

#include "lib/base/args.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

struct memsearch {
	const char *archive; /* a file: it is read twice */
	const struct args_list *identities;
	struct str pattern;  /* bytes, 1 to MEMSCAN_PATTERN_MAX */
	uint64_t context;    /* bytes on both sides that are told */
	uint64_t max;        /* matches that are told; all are counted */
	uint64_t pid;        /* 0: every process */
};

/* Append the document.  The pattern itself is in no message. 0 or -1. */
int memsearch_run(const struct memsearch *q, struct buf *out, struct err *e);

#endif
