/*
 * stage - the way from one record to another in steps of limited size.
 *
 * When very many endpoints get into another group (affinity is switched on),
 * one transaction for all would hold up everything else. Groups that no
 * address leads to are not seen by packets: so the new ones are filled over
 * several transactions, one switches the addresses, and the old ones are
 * emptied after it. Every step is a record, what the Service is in the kernel
 * meanwhile.
 */
#ifndef KEELSON_PROXY_STAGE_H
#define KEELSON_PROXY_STAGE_H

#include "kube-proxy-mini/plan/record.h"
#include "lib/base/arena.h"

/* Operations of a step: 10 to 15 ms, most of them in the kernel. */
#define STAGE_OPERATIONS 8192u

/*
 * The next step from `was`, in the kernel, to `target`; either may be NULL.
 * NULL: the target itself is the next step: it is near enough, or its
 * addresses are others than those of `was`, or memory is out.
 */
struct record *stage_step(const struct record *was, const struct record *target,
	uint32_t operations, struct arena *a);

#endif
