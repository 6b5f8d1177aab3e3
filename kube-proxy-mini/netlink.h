/*
 * netlink - the socket to nf_tables: one transaction out, the kernel's answer
 * in; and dumps of what is there.
 *
 * The kernel takes a transaction whole or not at all, and answers before
 * sendmsg(2) returns, so nothing here waits.
 */
#ifndef KEELSON_PROXY_NETLINK_H
#define KEELSON_PROXY_NETLINK_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

/* Open a socket to nf_tables; *port is its name in the kernel's messages. */
int netlink_open(int *fd, uint32_t *port, struct err *e);

/* What the kernel did not like: the first refusal of a transaction. */
struct netlink_refusal {
	bool is_set;
	int sys;         /* errno */
	uint32_t seq;    /* of the message refused */
	uint32_t offset; /* of the attribute within it, 0 when not said */
	char text[128];  /* the kernel's own words, or "" */
};

/*
 * Send the parts as one datagram and read the answer.  The last message
 * before the batch's end must ask for an acknowledgement (NLM_F_ACK).
 * 0; or -1 with *refusal set when it was the kernel that said no.
 */
int netlink_transact(int fd, const struct str *parts, size_t n_parts,
	uint32_t last_seq, struct netlink_refusal *refusal, struct err *e);

/* The number of the ruleset's generation: every commit adds one. */
int netlink_generation(int fd, uint32_t *generation, struct err *e);

/*
 * Ask for a dump (a request made with NLM_F_DUMP) and give each message to
 * each(); its -1 ends the reading.
 */
typedef int netlink_each(
	void *context, uint16_t type, struct str body, struct err *e);
int netlink_dump(int fd, struct str request, netlink_each *each, void *context,
	struct err *e);

/* Ask for one object: 1 when there is one (given to each()), 0 when not. */
int netlink_get(int fd, struct str request, netlink_each *each, void *context,
	struct err *e);

/*
 * The attribute of that type among the attributes in body; an empty view when
 * there is none or the bytes are malformed.
 */
struct str netlink_attr(struct str attrs, uint16_t type);
/* A number in network order; 0 when there is no such attribute. */
uint32_t netlink_attr_u32(struct str attrs, uint16_t type);
/* The next attribute of a list, or false. */
bool netlink_attr_next(struct str *attrs, uint16_t *type, struct str *value);

#endif
