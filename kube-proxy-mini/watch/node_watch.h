/*
 * node_watch - watches this node's own Node object.
 *
 * Without a Node, or without the right to read it, the proxy works all the
 * same; but zones and NodeCIDR then have nothing to go by, NodePorts come later
 * and on all addresses, and the log says so.  Addresses and pod networks that
 * a Node had and no longer has stay in force: a controller that restarts may
 * take them away for a while, and traffic must not go with them.
 */
#ifndef KEELSON_PROXY_NODE_WATCH_H
#define KEELSON_PROXY_NODE_WATCH_H

#include "kube-proxy-mini/watch/feed.h"
#include "kube-proxy-mini/watch/node_facts.h"

/* with a server that refuses, and with a Node that has no addresses */
#define NODE_WATCH_PATIENCE_MS 30000

struct node_watch {
	/* the owner's, set before node_watch_start() */
	const struct feed_server *server;
	const char *node_name;
	/* the facts, or what the functions below say */
	void (*changed)(void *context);
	void *context;

	/* to be read */
	struct node_facts facts;

	/* inside */
	struct feed feed;
	bool is_seen;     /* in the list that is under way */
	bool has_changed; /* the facts, and changed() was not yet called */
	bool is_denied, is_overdue;
	struct loop_timer patience; /* set while refusals follow each other */
	struct loop_timer waiting;  /* set until there is an address */
	char selector[ENV_NAME_BYTES + 16];
};

void node_watch_start(struct node_watch *n);
void node_watch_stop(struct node_watch *n);

/* The API server has said what our Node is, or that there is none. */
bool node_watch_is_known(const struct node_watch *n);

/* It refuses to say (401, 403). */
bool node_watch_is_refused(const struct node_watch *n);

/* It has refused for NODE_WATCH_PATIENCE_MS; we go on without the Node. */
bool node_watch_is_denied(const struct node_watch *n);

/* It has addresses. */
bool node_watch_has_address(const struct node_watch *n);

/*
 * There was no address of it for NODE_WATCH_PATIENCE_MS since the start.  Until
 * then NodePorts wait for it, as with kube-proxy.
 */
bool node_watch_is_overdue(const struct node_watch *n);

/* The first; or it could not be asked, and we went on without it. */
bool node_watch_is_settled(const struct node_watch *n);

#endif
