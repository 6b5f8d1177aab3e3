/*
 * addresses - which of this node's addresses accept NodePorts.
 */
#ifndef KEELSON_PROXY_ADDRESSES_H
#define KEELSON_PROXY_ADDRESSES_H

#include "kube-proxy-mini/config/config.h"

/*
 * Set env->nodeport_all: as in kube-proxy, a family for which there is neither
 * a prefix nor an address of the Node ("primary") is served at all addresses.
 * While nothing is known of the Node, that is not said before it is overdue.
 * Pure.
 */
void addresses_scope(const struct config *c, bool is_overdue, struct env *env);

/*
 * Fill env->nodeport_ips (at most ENV_ADDRS_MAX): first the node's own
 * addresses as far as they are known (env->node_ips), if they are wanted; then
 * those of its interfaces within the configured prefixes and the scope, without
 * loopback and link-local ones.  0 or -1.
 */
int addresses_fill(const struct config *c, struct env *env, struct err *e);

/*
 * Where health check ports are served: at all zeros for a family with all
 * addresses, else at those that accept NodePorts, and at loopback if a prefix
 * names it.  Returns how many.  Pure.
 */
#define ADDRESSES_HEALTH_MAX (ENV_ADDRS_MAX + MODEL_FAMILIES)
size_t addresses_health(const struct config *c, const struct env *env,
	struct model_ip list[ADDRESSES_HEALTH_MAX]);

/* Is it one of the addresses that accept NodePorts?  Pure. */
bool addresses_is_wanted(const struct config *c, const struct env *env,
	const struct model_ip *ip);

/* Is the address within the prefix?  Pure. */
bool addresses_is_within(
	const struct model_ip *ip, const struct model_net *net);

#endif
