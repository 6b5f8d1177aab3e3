/*
 * backoff - how long to wait before trying again: doubling, with jitter.
 *
 * Pure: randomness is handed in.  The waits are first, 2 first, 4 first, ...
 * up to last, each lengthened by a random part of itself, so that many
 * clients of one server that failed do not come back together.
 */
#ifndef KEELSON_NET_BACKOFF_H
#define KEELSON_NET_BACKOFF_H

#include <stdint.h>

struct backoff {
	uint64_t first_ms;
	uint64_t last_ms;
	uint64_t now_ms; /* 0: nothing failed lately */
};

/* The next wait: between w and 2 w; random is any number. */
uint64_t backoff_next(struct backoff *b, uint32_t random);

/* It works again. */
void backoff_reset(struct backoff *b);

#endif
