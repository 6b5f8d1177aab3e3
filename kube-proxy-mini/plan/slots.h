/*
 * slots - what came to a view, and what went, since its endpoints had their
 * slots in a group, when no crowd has followed it.
 */
#ifndef KEELSON_PROXY_SLOTS_H
#define KEELSON_PROXY_SLOTS_H

#include "kube-proxy-mini/plan/record.h"
#include "lib/base/arena.h"

/* Compare a view with the group that it was; -1: the arena is full. */
int slots_compare(const struct plan_endpoints *v,
	const struct record_group *was, struct arena *a,
	struct views_change *out);

#endif
