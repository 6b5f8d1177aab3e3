/*
 * retain - which archives go, so that they never fill the disk.
 *
 * Pure.  There are limits on the archives of a container and of a namespace,
 * on their bytes, on free space and on age.  The oldest go first, the one just
 * made never.
 */
#ifndef CHECKPOINT_AGENT_STORE_RETAIN_H
#define CHECKPOINT_AGENT_STORE_RETAIN_H

#include "lib/base/str.h"

/* 0: no limit. */
struct retain_limits {
	uint64_t keep;           /* archives of a container */
	uint64_t keep_namespace; /* archives of a namespace */
	uint64_t max_bytes;
	uint64_t min_free_bytes;
	uint64_t max_age_s;
};

struct retain_entry {
	struct str container; /* same text: same container */
	struct str namespace; /* empty: not known, so it is nobody else's */
	int64_t time_s;
	uint64_t bytes;
	bool is_new;  /* just made: stays */
	bool is_gone; /* the answer */
};

/* The time, and the state of the disk at that time. */
struct retain_now {
	int64_t time_s;
	uint64_t free_bytes;
};

/* Mark those of e[n] that must go; e is in order of age, oldest first. */
void retain_choose(struct retain_entry *e, size_t n,
	const struct retain_limits *l, const struct retain_now *now);

#endif
