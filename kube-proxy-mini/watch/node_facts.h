/*
 * node_facts - what a proxy needs to know of a v1 Node.  Pure.
 */
#ifndef KEELSON_PROXY_NODE_FACTS_H
#define KEELSON_PROXY_NODE_FACTS_H

#include "kube-proxy-mini/model/env.h"
#include "kube-proxy-mini/watch/field.h"

struct node_facts {
	bool is_eligible; /* it is not about to be removed */
	char zone[ENV_NAME_BYTES];
	bool has_ip[MODEL_FAMILIES];
	struct model_ip ips[MODEL_FAMILIES]; /* InternalIP before ExternalIP */
	struct model_net pod_nets[ENV_NETS_MAX];
	size_t n_pod_nets;
};

/* What holds while nothing is known of the Node. */
struct node_facts node_facts_none(void);

/* The reader notes what makes no sense; the rest counts. */
struct node_facts node_facts_decode(
	const struct node *object, struct field_reader *r);

/*
 * What the Node had before and lacks now, of addresses and pod networks, stays.
 * True when there was any.
 */
bool node_facts_keep(struct node_facts *now, const struct node_facts *before);

/*
 * Copy the facts into the environment: the zone, the addresses, and with
 * uses_pod_nets (detectLocalMode NodeCIDR) the addresses of pods.
 */
void node_facts_apply(
	const struct node_facts *f, bool uses_pod_nets, struct env *env);

#endif
