/*
 * room - space for archives: is there enough, and which old archives go.
 */
#ifndef CHECKPOINT_AGENT_STORE_ROOM_H
#define CHECKPOINT_AGENT_STORE_ROOM_H

#include "checkpoint-agent/store/retain.h"
#include "lib/base/err.h"

/*
 * Is there room for an archive of about that size?  It must fit beside the old
 * ones, which stay until it is complete; min_free_bytes may then be regained
 * by removing old ones.  ERR_LIMIT: there is not; the text says what is
 * missing.
 */
int room_check(
	int dir, const struct retain_limits *l, uint64_t bytes, struct err *e);

struct room_removed {
	uint64_t archives, bytes;
};

/*
 * Remove the archives that exceed the limits, and what lies beside an archive
 * that is gone.
 * made: the archive just written, which stays; "": none.  *r is filled
 * whatever the result.
 */
int room_make(int dir, const struct retain_limits *l, const char *made,
	struct room_removed *r, struct err *e);

#endif
