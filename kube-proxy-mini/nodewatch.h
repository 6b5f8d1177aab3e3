/*
 * nodewatch - keeps an eye on this node's own Node object.
 *
 * A Node that does not exist, or that we may not read, is no obstacle: what
 * depends on it (NodePorts on its first addresses, zones, NodeCIDR) then has
 * nothing to go by, and the log says so.
 */
#ifndef KEELSON_PROXY_NODEWATCH_H
#define KEELSON_PROXY_NODEWATCH_H

#include "kube-proxy-mini/feed.h"
#include "kube-proxy-mini/nodefacts.h"

struct nodewatch {
	/* the owner's, set before nodewatch_start() */
	const struct feed_server *server;
	const char *node_name;
	void (*changed)(void *context);
	void *context;

	/* to be read */
	struct nodefacts facts;

	/* inside */
	struct feed feed;
	bool is_seen;     /* in the list that is under way */
	bool has_changed; /* the facts, since it was told */
	char selector[ENV_NAME_BYTES + 16];
};

void nodewatch_start(struct nodewatch *n);
void nodewatch_stop(struct nodewatch *n);

/* The Node was read, or it cannot be: no reason to wait for it any longer. */
bool nodewatch_is_settled(const struct nodewatch *n);

#endif
