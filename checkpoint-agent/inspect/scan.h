/*
 * scan - find a byte pattern in memory that arrives in pieces.
 *
 * Pieces that continue at the address where the last one ended form one
 * stretch, so a match may cross pages; any other address begins a new
 * stretch.  Matches do not overlap.  Pure: matches go to the caller's
 * function.  The searched bytes may be secret: scan_end() wipes them.
 */
#ifndef CHECKPOINT_AGENT_INSPECT_SCAN_H
#define CHECKPOINT_AGENT_INSPECT_SCAN_H

#include "lib/base/str.h"

#define SCAN_PATTERN_MAX 1024   /* bytes */
#define SCAN_CONTEXT_MAX 256    /* bytes on either side of a match */
#define SCAN_ROOM_BYTES  262144 /* held at a time */

struct scan {
	struct str pattern; /* 1 to SCAN_PATTERN_MAX bytes; not owned */
	size_t context;     /* bytes wanted on either side */
	/* around: the match at this address with what there is of its
	   context; it begins after `before` bytes.  Valid during the call. */
	void (*found)(
		void *self, uint64_t address, struct str around, size_t before);
	void *self;
	/* private */
	uint64_t address; /* of room[0] */
	size_t n;         /* bytes in room */
	size_t searched;  /* no further match begins before this byte */
	char room[SCAN_ROOM_BYTES];
};

void scan_start(struct scan *m, struct str pattern, size_t context,
	void (*found)(
		void *self, uint64_t address, struct str around, size_t before),
	void *self);

/* The n bytes at this address. */
void scan_put(struct scan *m, uint64_t address, const void *bytes, size_t n);

/* End the stretch: report its last matches and wipe the room. */
void scan_end(struct scan *m);

#endif
