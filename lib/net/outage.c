/*
 * outage - it begins with the first failure, or with the request that was not
 * answered in time.
 */
#include "lib/net/outage.h"

bool outage_was_long(const struct outage *o)
{
	return o->since_ms != 0 &&
	       loop_now_ms() - o->since_ms >= OUTAGE_LONG_MS;
}

void outage_note(
	struct outage *o, const struct kube_end *end, uint64_t begun_ms)
{
	bool is_there = end->status >= 400 && end->status < 500;
	bool was_silent = end->error != NULL && end->error->kind == ERR_TIMEOUT;

	if (is_there && !outage_was_long(o))
		outage_end(o);
	else if (o->since_ms == 0)
		o->since_ms = was_silent ? begun_ms : loop_now_ms();
}

void outage_end(struct outage *o)
{
	o->since_ms = 0;
}
