/*
 * retain - which archives go, so that they never fill the disk.
 *
 * Pure.  Limits hold for a container, a namespace, all bytes, free space and
 * age; the oldest go first, the one just made never.
 */
#ifndef CHECKPOINT_AGENT_RETAIN_H
#define CHECKPOINT_AGENT_RETAIN_H

#include "lib/base/str.h"

/* A limit of 0 is none. */
struct retain_limits {
	uint64_t keep;           /* archives of a container */
	uint64_t keep_namespace; /* archives of a namespace */
	uint64_t max_bytes;
	uint64_t min_free_bytes;
	uint64_t max_age_s;
};

struct retain_entry {
	size_t id;            /* the caller's: entries are sorted */
	struct str container; /* namespace, pod and container, in any form */
	struct str namespace;
	int64_t time_s;
	uint64_t made_ns; /* order within the second */
	uint64_t bytes;
	bool is_new;  /* just made: stays */
	bool is_gone; /* the answer */
};

/* The state of the disk at this time. */
struct retain_now {
	int64_t time_s;
	uint64_t free_bytes;
};

/* Sort e[n] by age, oldest first, and mark those that have to go. */
void retain_choose(struct retain_entry *e, size_t n,
	const struct retain_limits *l, const struct retain_now *now);

#endif
