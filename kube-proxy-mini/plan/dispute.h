/*
 * dispute - claims the addresses of a Service's next record, and gives up
 * what the former one had and the next one has not.
 */
#ifndef KEELSON_PROXY_DISPUTE_H
#define KEELSON_PROXY_DISPUTE_H

#include "kube-proxy-mini/plan/claims.h"
#include "kube-proxy-mini/plan/record.h"
#include "kube-proxy-mini/plan/waits.h"
#include "lib/base/err.h"

struct model;

struct dispute {
	struct claims *claims;
	struct waits *waits;
	struct model *model;
};

/*
 * Claim every address of a record (or NULL).  The elements of an address that
 * another Service owns are taken out of it, and n waits for it; a Service that
 * loses an address to this one becomes dirty.  -1: out of memory.
 */
int dispute_claim(const struct dispute *d, struct model_entry *n,
	struct record *r, struct err *e);

/*
 * Give up the addresses and numbers that `was` has and `now` has not; either
 * may be NULL.  For each address, the best of the Services that wait for it
 * becomes dirty.
 */
void dispute_release(const struct dispute *d, const struct model_entry *n,
	const struct record *was, const struct record *now);

/* The same for an address that an entry waited for, if nobody owns it now. */
void dispute_offer(const struct dispute *d, const struct elem *address);

#endif
