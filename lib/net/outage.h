/*
 * outage - for how long nobody has answered our requests.
 *
 * A store can be restored from a backup while its API servers are stopped, and
 * no answer afterwards tells (docs/decision/restored-store.md).  So who watches
 * lists again after an outage that was long enough for it.
 */
#ifndef KEELSON_NET_OUTAGE_H
#define KEELSON_NET_OUTAGE_H

#include "lib/net/kube_call.h"

#define OUTAGE_LONG_MS 5000 /* a shorter one is no restore */

struct outage {
	uint64_t since_ms; /* 0: there is none */
};

/*
 * A request that was sent at begun_ms has failed.  Who refuses it (4xx) is
 * there; 5xx may come from a balancer.
 */
void outage_note(
	struct outage *o, const struct kube_end *end, uint64_t begun_ms);

/* A request was answered: was there a long outage before it? */
bool outage_was_long(const struct outage *o);

void outage_end(struct outage *o);

#endif
