/*
 * nodeaddr - which of this node's addresses accept NodePorts.
 */
#ifndef KEELSON_PROXY_NODEADDR_H
#define KEELSON_PROXY_NODEADDR_H

#include "kube-proxy-mini/config.h"

/*
 * Fill env->nodeport_ips: for `primary` the node's own addresses (as far as
 * they are known: node_ips), else those of its interfaces within the
 * prefixes, loopback left out.  0 or -1.
 */
int nodeaddr_fill(const struct config *c, struct env *env, struct err *e);

/* Is the address within the prefix? Pure. */
bool nodeaddr_is_within(const struct model_ip *ip, const struct model_net *net);

#endif
