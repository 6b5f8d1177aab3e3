/*
 * backoff - double the wait up to the limit and add a random share of it.
 */
#include "lib/net/backoff.h"

#include "lib/base/clock.h"

#include <sys/random.h>

uint64_t backoff_next(struct backoff *b, uint32_t random)
{
	uint64_t wait = b->now_ms == 0 ? b->first_ms : b->now_ms * 2;

	b->now_ms = wait < b->last_ms ? wait : b->last_ms;
	return b->now_ms + b->now_ms * random / UINT32_MAX;
}

void backoff_reset(struct backoff *b)
{
	b->now_ms = 0;
}

uint32_t backoff_random(void)
{
	uint32_t r = 0;

	if (getrandom(&r, sizeof(r), GRND_NONBLOCK) != (ssize_t)sizeof(r))
		r = (uint32_t)(clock_monotonic_ns() / 1000) * 2654435761u;
	return r;
}
