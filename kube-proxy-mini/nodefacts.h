/*
 * nodefacts - what a v1 Node says that a proxy needs.  Pure.
 */
#ifndef KEELSON_PROXY_NODEFACTS_H
#define KEELSON_PROXY_NODEFACTS_H

#include "kube-proxy-mini/env.h"
#include "lib/base/node.h"

struct nodefacts {
	bool is_eligible; /* it is not about to be removed */
	char zone[ENV_NAME_BYTES];
	bool has_ip[MODEL_FAMILIES];
	struct model_ip ips[MODEL_FAMILIES]; /* InternalIP before ExternalIP */
	struct model_net pod_nets[ENV_NETS_MAX];
	size_t n_pod_nets;
};

/* What holds while nothing is known of the Node. */
struct nodefacts nodefacts_none(void);

/* 0, or -1 with the path of the field that makes no sense. */
int nodefacts_decode(
	const struct node *object, struct nodefacts *out, struct err *e);

/*
 * Take the facts into the environment: zone, addresses, and for NodeCIDR
 * (uses_pod_nets) where pods are.
 */
void nodefacts_apply(
	const struct nodefacts *f, bool uses_pod_nets, struct env *env);

#endif
