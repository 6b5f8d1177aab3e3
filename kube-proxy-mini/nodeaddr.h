/*
 * nodeaddr - which of this node's addresses accept NodePorts.
 */
#ifndef KEELSON_PROXY_NODEADDR_H
#define KEELSON_PROXY_NODEADDR_H

#include "kube-proxy-mini/config.h"
#include "lib/net/loop.h"

/*
 * Fill env->nodeport_ips: for `primary` the node's own addresses (as far as
 * they are known: node_ips), else those of its interfaces within the
 * prefixes, loopback left out.  0 or -1.
 */
int nodeaddr_fill(const struct config *c, struct env *env, struct err *e);

/* Hears of addresses that interfaces gain and lose. */
struct nodeaddr_watch {
	/* the owner's, set before nodeaddr_watch_open() */
	struct loop *loop;
	void (*changed)(void *context); /* a moment after the last change */
	void *context;

	/* inside */
	struct loop_fd watch;
	struct loop_timer timer;
};

int nodeaddr_watch_open(struct nodeaddr_watch *w, struct err *e);
void nodeaddr_watch_close(struct nodeaddr_watch *w);

/* Is the address within the prefix? Pure. */
bool nodeaddr_is_within(const struct model_ip *ip, const struct model_net *net);

#endif
