/*
 * slots_patch - the places of a group's endpoints when few of them changed.
 *
 * The result is that of slots_place(), in time proportional to the change.
 */
#ifndef KEELSON_PROXY_SLOTS_PATCH_H
#define KEELSON_PROXY_SLOTS_PATCH_H

#include "kube-proxy-mini/plan/crowd.h"
#include "kube-proxy-mini/plan/numbers.h"

struct slots_patch {
	const struct numbers_for *numbers;
	const struct crowd_change *change;
	struct crowd_port *port; /* that learns the new slots */
	const struct record_group *was;
};

/*
 * Give g, which has its head and its id, n slots.  It holds the pieces of a
 * group that is cut into pieces.  -1: the arena is full, or memory is out;
 * nothing is held.
 */
int slots_patch(const struct slots_patch *in, uint32_t n, struct arena *a,
	struct record_group *g);

#endif
