/*
 * slots - the places of a group's endpoints in the maps.
 */
#ifndef KEELSON_PROXY_SLOTS_H
#define KEELSON_PROXY_SLOTS_H

#include "kube-proxy-mini/plan/numbers.h"
#include "lib/base/arena.h"

/*
 * Place the endpoints of v in the group g: set g->slots, g->n and, in v too,
 * the ids of a sticky group.  An endpoint that was in the group keeps its
 * slot if that still exists, and its id, unless `was` has other affinity; new
 * endpoints fill the free slots, so the difference from `was` (or NULL) is as
 * small as the change.  Slots are allocated in the arena; -1 when it is full.
 */
int slots_place(const struct numbers_for *f, struct arena *a,
	const struct plan_endpoints *v, const struct record_group *was,
	struct record_group *g);

#endif
