/*
 * ranges - the clients that load balancer addresses accept
 * (spec.loadBalancerSourceRanges), in one family.
 */
#ifndef KEELSON_PROXY_RANGES_H
#define KEELSON_PROXY_RANGES_H

#include "kube-proxy-mini/model/object.h"
#include "lib/base/arena.h"

struct plan_ranges {
	const struct model_net *list; /* none lies within another */
	size_t n;                     /* 0: everybody is accepted */
};

/*
 * The ranges of node's family; node is our own address.  When a range
 * contains it, the balancer's addresses are accepted too: a node that holds
 * one sends from it.  -1 when the arena is full.
 */
int ranges_make(const struct model_service *s, const struct model_ip *node,
	struct arena *a, struct plan_ranges *out);

#endif
