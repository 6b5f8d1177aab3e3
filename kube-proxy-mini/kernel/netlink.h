/*
 * netlink - the socket to the kernel's netfilter: sends a transaction and
 * reads the answer, and dumps what is there (netlink(7)).
 *
 * The kernel takes a transaction whole or not at all, and its answer is in
 * the socket before sendmsg(2) returns, so nothing here waits.  Requests are
 * written with ruleset/nftmsg.h.
 */
#ifndef KEELSON_PROXY_NETLINK_H
#define KEELSON_PROXY_NETLINK_H

#include "kube-proxy-mini/ruleset/batch.h"

/* Open a socket to the kernel's netfilter: nf_tables and ctnetlink. */
int netlink_open(int *fd, struct err *e);

/* The first refusal in the kernel's answer to a transaction. */
struct netlink_refusal {
	bool is_set;
	int sys;         /* errno */
	uint32_t seq;    /* of the message refused */
	uint32_t offset; /* of the bad attribute in it; 0: not reported */
	char text[128];  /* the kernel's extended ACK message, or "" */
};

/*
 * Send the parts as one datagram and read the answer.  The last message
 * before the end of the batch must ask for an acknowledgement (NLM_F_ACK).
 * 0; or -1, with *refusal set if the kernel refused a message.
 */
int netlink_transact(int fd, const struct batch_parts *parts,
	struct netlink_refusal *refusal, struct err *e);

/* Finish a batch and send it; the result is that of netlink_transact(). */
int netlink_send_batch(int fd, struct batch *b, struct netlink_refusal *refusal,
	struct err *e);

/* The ruleset's generation: every commit, ours or not, adds one. */
int netlink_generation(int fd, uint32_t *generation, struct err *e);

/*
 * Ask for a dump (a request with NLM_F_DUMP) and call each() for every
 * message, with its attributes.  When each() returns -1, so does the dump.
 * Kind ERR_BUSY: all was read, but it changed while it was (NLM_F_DUMP_INTR),
 * so something may be missing or old; ask again where that matters.
 */
typedef int netlink_each(
	void *context, uint16_t type, struct str attrs, struct err *e);
int netlink_dump(int fd, struct str request, netlink_each *each, void *context,
	struct err *e);

/*
 * Ask for one object, or for something to be done (NLM_F_ACK): 1 when there is
 * one (each() got it, unless each is NULL), 0 when there is none, -1 on error.
 */
int netlink_get(int fd, struct str request, netlink_each *each, void *context,
	struct err *e);

#endif
