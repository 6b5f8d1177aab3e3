/* backoff: see backoff.h. */
#include "lib/net/backoff.h"

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
