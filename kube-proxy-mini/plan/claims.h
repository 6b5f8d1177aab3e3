/*
 * claims - which Service owns an address when several name it.
 *
 * The API gives ClusterIPs and NodePorts to one Service each, but two Services
 * may name the same external address, or one may name another's ClusterIP.
 * The claim of the higher rank (elem.bits: ClusterIP, NodePort, all others)
 * owns it then; among equal ranks the Service whose name sorts first,
 * whatever the order of events.  The other one gets it when the owner gives it
 * up.
 *
 * Numbers are claimed in the same table, and elements that several Services
 * may share (endpoints of this node) are counted there.
 */
#ifndef KEELSON_PROXY_CLAIMS_H
#define KEELSON_PROXY_CLAIMS_H

#include "kube-proxy-mini/model/entry.h"
#include "kube-proxy-mini/ruleset/elem.h"

struct claim;

struct claims {
	struct claim *table; /* open addressing, or NULL */
	size_t size;         /* a power of two */
	size_t n;            /* places used, also by claims given up */
};

enum claims_answer {
	CLAIMS_OURS,
	CLAIMS_TAKEN, /* ours now; *loser had it */
	CLAIMS_LOST,  /* another entry keeps it */
	CLAIMS_FULL,  /* out of memory */
};

/* Room for so many more claims, so that the table grows once. -1: no memory. */
int claims_make_room(struct claims *c, size_t more);

/* A hash of an element's key. */
uint32_t claims_hash(const struct elem *el);

/* Claim an element's key for an entry. */
enum claims_answer claims_ask(struct claims *c, const struct elem *el,
	struct model_entry *entry, struct model_entry **loser);

enum claims_reservation {
	CLAIMS_RESERVED, /* ours from now on */
	CLAIMS_OURS_ALREADY,
	CLAIMS_OF_ANOTHER,
	CLAIMS_NO_MEMORY,
};

/* Claim a number for an entry; it is never taken from another one. */
enum claims_reservation claims_reserve(
	struct claims *c, const struct elem *el, struct model_entry *entry);

/* The owner; NULL when there is none. */
struct model_entry *claims_owner(const struct claims *c, const struct elem *el);

/* Give it up; true when it was this entry's. */
bool claims_give(struct claims *c, const struct elem *el,
	const struct model_entry *entry);

/* Add to the count of a shared key; the new count, or -1: out of memory. */
int64_t claims_count(struct claims *c, const struct elem *el, int by);

void claims_free(struct claims *c);

#endif
