/*
 * slots_patch - the places of a group's endpoints, from those they had and
 * what changed.
 *
 * An endpoint that was in the group keeps its slot if that still exists, and
 * its id, unless the group had other affinity; others fill the free slots.  So
 * slots are used from 0 on without a gap, the difference from the former group
 * is as small as the change, and so is the time that it takes.
 */
#ifndef KEELSON_PROXY_SLOTS_PATCH_H
#define KEELSON_PROXY_SLOTS_PATCH_H

#include "kube-proxy-mini/plan/crowd.h"
#include "kube-proxy-mini/plan/numbers.h"

struct slots_patch {
	const struct numbers_for *numbers;
	const struct views_change *change;
	struct crowd_port *port;        /* that learns the new slots, or NULL */
	const struct record_group *was; /* may have no slots */
};

/*
 * Give g, which has its head and its id, n slots.  It holds the pieces of a
 * group that is cut into pieces.  -1: the arena is full, or memory is out;
 * nothing is held.
 */
int slots_patch(const struct slots_patch *in, uint32_t n, struct arena *a,
	struct record_group *g);

#endif
