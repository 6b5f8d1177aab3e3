/*
 * backoff - how long to wait before a retry: doubling, with jitter.
 *
 * Pure but for backoff_random().  The waits are first, 2 first, 4 first, ...
 * up to last, each lengthened by a random part of itself, so that many
 * clients of one server that failed do not come back together.
 */
#ifndef KEELSON_NET_BACKOFF_H
#define KEELSON_NET_BACKOFF_H

#include <stdint.h>

struct backoff {
	uint64_t first_ms;
	uint64_t last_ms;
	uint64_t now_ms; /* 0: no recent failure */
};

/* The next wait: between w and 2 w; random is any number. */
uint64_t backoff_next(struct backoff *b, uint32_t random);

/* After a success: start over. */
void backoff_reset(struct backoff *b);

/* A random number for it, also when the kernel has none yet. */
uint32_t backoff_random(void);

#endif
