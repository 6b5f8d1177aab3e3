/*
 * claims - whose address it is, when two Services name the same one.
 *
 * The API gives ClusterIPs and NodePorts to one Service each, but external
 * addresses may be named twice, or name another's ClusterIP.  Then the claim
 * of higher rank (elem.bits: ClusterIP, NodePort, all others) has it, among
 * equals the Service whose name sorts first, whatever the order of events;
 * the other gets it when the first lets go.
 * Addresses that Services may share (endpoints of this node) are counted.
 */
#ifndef KEELSON_PROXY_CLAIMS_H
#define KEELSON_PROXY_CLAIMS_H

#include "kube-proxy-mini/elem.h"
#include "kube-proxy-mini/model_read.h"

struct claim;

struct claims {
	struct claim *table; /* open addressing, or NULL */
	size_t size;         /* a power of two */
	size_t n;            /* taken places, also of claims given up */
};

enum claims_answer {
	CLAIMS_OURS,
	CLAIMS_TAKEN, /* now ours; *loser had it */
	CLAIMS_LOST,
	CLAIMS_FULL, /* out of memory */
};

/* Ask for an element's key on behalf of an entry. */
enum claims_answer claims_ask(struct claims *c, const struct elem *el,
	struct model_entry *entry, struct model_entry **loser);

/*
 * Ask for a number rather than an address: never taken from another.  1 it is
 * ours now, 2 it was before, 0 somebody else has it, -1 out of memory.
 */
int claims_reserve(
	struct claims *c, const struct elem *el, struct model_entry *entry);

/* Who has it; NULL when nobody does. */
struct model_entry *claims_owner(const struct claims *c, const struct elem *el);

/* Give it up; true when it was this entry's. */
bool claims_give(struct claims *c, const struct elem *el,
	const struct model_entry *entry);

/* Count a shared key up or down; the new count, or -1 without memory. */
int64_t claims_count(struct claims *c, const struct elem *el, int by);

void claims_free(struct claims *c);

#endif
