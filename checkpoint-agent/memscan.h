/*
 * memscan - find a pattern in memory that comes by in pieces.
 *
 * Pieces are given in any order of addresses; those that follow each other
 * are searched as one, so that a match may lie across pages.  Pure: what is
 * found is told to the caller's function.
 */
#ifndef CHECKPOINT_AGENT_MEMSCAN_H
#define CHECKPOINT_AGENT_MEMSCAN_H

#include "lib/base/str.h"

#define MEMSCAN_PATTERN_MAX 1024
#define MEMSCAN_CONTEXT_MAX 256
#define MEMSCAN_ROOM_BYTES  262144

struct memscan {
	struct str pattern; /* 1 to MEMSCAN_PATTERN_MAX bytes; not owned */
	size_t context;     /* bytes wanted on both sides */
	/* around: the match and what there is of its context; before: how
	   many bytes of it stand in front of the match */
	void (*found)(
		void *self, uint64_t address, struct str around, size_t before);
	void *self;
	/* the rest is the scanner's own */
	uint64_t address; /* of room[0] */
	size_t n;         /* bytes in room */
	size_t searched;  /* no match begins before this byte any more */
	char room[MEMSCAN_ROOM_BYTES];
};

void memscan_start(struct memscan *m, struct str pattern, size_t context,
	void (*found)(
		void *self, uint64_t address, struct str around, size_t before),
	void *self);

/* The bytes at this address. */
void memscan_put(
	struct memscan *m, uint64_t address, const void *bytes, size_t n);

/* Nothing follows: tell what is left, and wipe. */
void memscan_end(struct memscan *m);

#endif
