/*
 * diff - the operations that lead from one record of a Service to another.
 */
#ifndef KEELSON_PROXY_DIFF_H
#define KEELSON_PROXY_DIFF_H

#include "kube-proxy-mini/plan/record.h"
#include "kube-proxy-mini/ruleset/nft_elem.h"

/*
 * Takes each operation.  A transaction deletes before it adds, so the order of
 * the calls does not matter.  port_name is for the comment of an address, else
 * empty.
 */
typedef void diff_take(void *context, enum nft_op op, const struct elem *el,
	struct str port_name);

/* From `was` to `now`; either may be NULL for nothing. */
void diff_records(const struct record *was, const struct record *now,
	diff_take *take, void *context);

#endif
