/*
 * conntrack - forgets translations of datagrams that lead nowhere any more.
 *
 * The kernel keeps a UDP flow's translation while datagrams come, also to an
 * endpoint that is gone; a flow that began before its Service had endpoints
 * is not translated at all and stays so.  Such entries are deleted, so that
 * the next datagram is looked up again.  TCP notices by itself.
 */
#ifndef KEELSON_PROXY_CONNTRACK_H
#define KEELSON_PROXY_CONNTRACK_H

#include "kube-proxy-mini/model.h"

struct conntrack_flow {
	struct model_ip asked; /* the address that the client sent to */
	uint16_t port;
	uint8_t proto;
	struct model_ip answers; /* who answers: the endpoint, if translated */
	uint16_t answers_port;
};

/* Should this flow be forgotten? */
typedef bool conntrack_judge(void *context, const struct conntrack_flow *flow);

/*
 * Give every UDP flow of the family to judge() and delete those it condemns.
 * fd is a socket of netlink_open().  *deleted counts them.
 */
int conntrack_clean(int fd, enum model_family family, conntrack_judge *judge,
	void *context, size_t *deleted, struct err *e);

#endif
