/*
 * netlink - an AF_NETLINK socket of NETLINK_NETFILTER.
 *
 * A transaction is one datagram, so the send buffer is made as large as it is
 * (SO_SNDBUFFORCE, which needs CAP_NET_ADMIN).  Answers are read into one
 * static buffer and cut into messages, with every length checked, until the
 * socket is empty.
 */
#include "kube-proxy-mini/kernel/netlink.h"

#include "kube-proxy-mini/ruleset/nftmsg.h"
#include "lib/base/fd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECEIVE_BYTES ((size_t)256 * 1024)
#define BUFFER_BYTES  (4 * 1024 * 1024) /* of answers, in the kernel */

/* The program has one thread. */
static char received[RECEIVE_BYTES];

struct option {
	int level, number, value;
	const char *name;
};

static int set_option(int fd, const struct option *o, struct err *e)
{
	if (setsockopt(fd, o->level, o->number, &o->value, sizeof(o->value)) <
		0)
		return err_sys(e, "netlink socket: %s", o->name);
	return 0;
}

static int set_up(int fd, struct err *e)
{
	static const struct option options[] = {
		{SOL_NETLINK, NETLINK_EXT_ACK, 1, "NETLINK_EXT_ACK"},
		{SOL_NETLINK, NETLINK_CAP_ACK, 1, "NETLINK_CAP_ACK"},
		{SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES,
			"SO_RCVBUFFORCE (needs CAP_NET_ADMIN)"},
	};
	struct sockaddr_nl me = {.nl_family = AF_NETLINK};

	if (bind(fd, (struct sockaddr *)&me, sizeof(me)) < 0)
		return err_sys(e, "netlink socket: bind");
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (set_option(fd, &options[i], e) < 0)
			return -1;
	return 0;
}

int netlink_open(int *fd, struct err *e)
{
	AUTO_FD int s =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);

	if (s < 0)
		return err_sys(e, "netlink socket");
	if (set_up(s, e) < 0)
		return -1;
	*fd = fd_take(&s);
	return 0;
}

/* Take the next message off the bytes received. */
static bool next_message(struct str *rest, struct nlmsghdr *h, struct str *body)
{
	size_t whole;

	if (rest->n < sizeof(*h))
		return false;
	memcpy(h, rest->p, sizeof(*h));
	if (h->nlmsg_len < sizeof(*h) || h->nlmsg_len > rest->n)
		return false;
	*body = (struct str){rest->p + sizeof(*h), h->nlmsg_len - sizeof(*h)};
	whole = ((size_t)h->nlmsg_len + 3) & ~(size_t)3;
	if (whole > rest->n)
		whole = rest->n;
	rest->p += whole;
	rest->n -= whole;
	return true;
}

/* The attributes come after a struct nfgenmsg. */
static struct str attrs_of(struct str body)
{
	return str_sub(body, sizeof(struct nfgenmsg), body.n);
}

/* 1: something was received, 0: the socket is empty, -1: error. */
static int receive(int fd, struct str *out, struct err *e)
{
	ssize_t n;

	do
		n = recv(fd, received, sizeof(received), MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return 0;
	if (n < 0)
		return err_sys(e, "netlink answer");
	*out = (struct str){received, (size_t)n};
	return 1;
}

#define DRAIN_MAX 100000 /* datagrams */

/*
 * Throw away what an earlier exchange that failed half-way left behind, so
 * that no answer is taken for one to what comes next.
 */
static void drain(int fd)
{
	for (int i = 0; i < DRAIN_MAX; i++)
		if (recv(fd, received, sizeof(received), MSG_DONTWAIT) < 0 &&
			errno != EINTR && errno != ENOBUFS)
			return;
}

#define ERRNO_MAX 4095 /* the kernel's own limit, include/linux/err.h */

/* The errno in an answer, which is negative there. */
static int errno_of(int error)
{
	return error < 0 && error >= -ERRNO_MAX ? -error : EPROTO;
}

/* Transactions. */

/* Requests have this bit in their sequence numbers, transactions have not. */
#define REQUEST_SEQ 0x80000000u

static int total(const struct batch_parts *parts)
{
	size_t n = 0;

	for (size_t i = 0; i < parts->n; i++)
		n += parts->part[i].n;
	return n > INT32_MAX / 2 ? -1 : (int)n;
}

static int send_parts(int fd, const struct batch_parts *parts, struct err *e)
{
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	struct iovec iov[BATCH_PARTS_MAX];
	struct msghdr m = {.msg_name = &kernel,
		.msg_namelen = sizeof(kernel),
		.msg_iov = iov};
	int bytes = total(parts);

	if (bytes < 0)
		return err_kind(e, ERR_LIMIT, "transaction too large");
	for (size_t i = 0; i < parts->n; i++)
		iov[m.msg_iovlen++] = (struct iovec){
			(void *)(uintptr_t)parts->part[i].p, parts->part[i].n};
	if (set_option(fd,
		    &(struct option){SOL_SOCKET, SO_SNDBUFFORCE, bytes + 4096,
			    "SO_SNDBUFFORCE (needs CAP_NET_ADMIN)"},
		    e) < 0)
		return -1;
	if (sendmsg(fd, &m, 0) < 0)
		return err_sys(e, "netlink: send %d bytes", bytes);
	return 0;
}

static void keep_refusal(
	const struct nlmsghdr *h, struct str body, struct netlink_refusal *r)
{
	struct nlmsgerr m;
	struct str attrs, text, offset;

	if (body.n < sizeof(m))
		return;
	memcpy(&m, body.p, sizeof(m));
	if (!m.error || r->is_set)
		return;
	*r = (struct netlink_refusal){
		.is_set = true, .sys = errno_of(m.error), .seq = h->nlmsg_seq};
	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	attrs = str_sub(body, sizeof(m), body.n);
	text = nftmsg_find(attrs, NLMSGERR_ATTR_MSG);
	if (text.n)
		text.n--; /* its NUL */
	str_copy(text, r->text, sizeof(r->text));
	offset = nftmsg_find(attrs, NLMSGERR_ATTR_OFFS);
	if (offset.n == sizeof(r->offset))
		memcpy(&r->offset, offset.p, sizeof(r->offset));
}

int netlink_transact(int fd, const struct batch_parts *parts,
	struct netlink_refusal *refusal, struct err *e)
{
	bool is_done = false;
	struct nlmsghdr h;
	struct str rest, body;
	int r;

	*refusal = (struct netlink_refusal){0};
	drain(fd);
	if (send_parts(fd, parts, e) < 0)
		return -1;
	while ((r = receive(fd, &rest, e)) > 0)
		while (next_message(&rest, &h, &body)) {
			if (h.nlmsg_type != NLMSG_ERROR ||
				(h.nlmsg_seq & REQUEST_SEQ))
				continue;
			keep_refusal(&h, body, refusal);
			if (h.nlmsg_seq == parts->last_seq)
				is_done = true;
		}
	if (r < 0)
		return -1;
	if (refusal->is_set) {
		errno = refusal->sys;
		return err_sys(e, "the kernel refused%s%s",
			*refusal->text ? ": " : "", refusal->text);
	}
	return is_done ? 0 : err_set(e, "the kernel did not answer");
}

int netlink_send_batch(
	int fd, struct batch *b, struct netlink_refusal *refusal, struct err *e)
{
	struct batch_parts parts;

	*refusal = (struct netlink_refusal){0};
	if (batch_finish(b, &parts, e) < 0)
		return -1;
	return netlink_transact(fd, &parts, refusal, e);
}

/* Requests. */

/* Send it with a sequence number of its own, which answers repeat. */
static int send_request(
	int fd, struct str request, uint32_t *seq, struct err *e)
{
	static uint32_t last;
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	struct nlmsghdr h;
	struct iovec iov[2] = {
		{&h, sizeof(h)}, {(void *)(uintptr_t)(request.p + sizeof(h)),
					 request.n - sizeof(h)}};
	struct msghdr m = {.msg_name = &kernel,
		.msg_namelen = sizeof(kernel),
		.msg_iov = iov,
		.msg_iovlen = 2};

	drain(fd);
	memcpy(&h, request.p, sizeof(h));
	*seq = h.nlmsg_seq = ++last | REQUEST_SEQ;
	if (sendmsg(fd, &m, 0) < 0)
		return err_sys(e, "netlink request");
	return 0;
}

int netlink_generation(int fd, uint32_t *generation, struct err *e)
{
	struct {
		struct nlmsghdr h;
		struct nfgenmsg g;
	} ask = {.h = {.nlmsg_len = sizeof(ask),
			 .nlmsg_type =
				 NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETGEN,
			 .nlmsg_flags = NLM_F_REQUEST}};
	struct nlmsghdr h;
	struct str rest, body;
	uint32_t seq;

	if (send_request(fd, (struct str){(const char *)&ask, sizeof(ask)},
		    &seq, e) < 0)
		return -1;
	while (receive(fd, &rest, e) > 0)
		while (next_message(&rest, &h, &body))
			if (h.nlmsg_seq == seq &&
				(h.nlmsg_type & 0xff) == NFT_MSG_NEWGEN) {
				*generation = nftmsg_find_u32(
					attrs_of(body), NFTA_GEN_ID);
				return 0;
			}
	return err_set(e, "nf_tables does not answer; is it in the kernel?");
}

/* Dumps. */

static int dump_message(const struct nlmsghdr *h, struct str body,
	netlink_each *each, void *context, struct err *e)
{
	struct nlmsgerr m;

	if (h->nlmsg_type == NLMSG_ERROR && body.n >= sizeof(m)) {
		memcpy(&m, body.p, sizeof(m));
		errno = errno_of(m.error);
		return m.error ? err_sys(e, "netlink request") : 0;
	}
	return each ? each(context, h->nlmsg_type, attrs_of(body), e) : 0;
}

/* The end of a dump carries an errno, as an error message does. */
static int dump_end(struct str body, struct err *e)
{
	int error = 0;

	if (body.n >= sizeof(error))
		memcpy(&error, body.p, sizeof(error));
	if (error >= 0)
		return 0;
	errno = errno_of(error);
	return err_sys(e, "netlink dump");
}

int netlink_dump(int fd, struct str request, netlink_each *each, void *context,
	struct err *e)
{
	struct nlmsghdr h;
	struct str rest, body;
	bool is_torn = false;
	uint32_t seq;
	int r = 0, got;

	if (send_request(fd, request, &seq, e) < 0)
		return -1;
	while ((got = receive(fd, &rest, e)) > 0)
		while (next_message(&rest, &h, &body)) {
			if (h.nlmsg_seq != seq)
				continue;
			is_torn |= (h.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
			if (h.nlmsg_type != NLMSG_DONE) {
				if (r == 0)
					r = dump_message(
						&h, body, each, context, e);
				continue;
			}
			if (r == 0)
				r = dump_end(body, e);
			if (r == 0 && is_torn)
				r = err_kind(e, ERR_BUSY,
					"what was read changed meanwhile");
			return r;
		}
	if (got < 0 || r < 0)
		return -1; /* refused: no end follows */
	return err_set(e, "a netlink dump is incomplete");
}

int netlink_get(int fd, struct str request, netlink_each *each, void *context,
	struct err *e)
{
	struct nlmsghdr h;
	struct str rest, body;
	struct err why = {0};
	bool is_answered = false;
	uint32_t seq;
	int r = 0, got;

	if (send_request(fd, request, &seq, e) < 0)
		return -1;
	while ((got = receive(fd, &rest, e)) > 0)
		while (next_message(&rest, &h, &body)) {
			if (h.nlmsg_seq != seq || r != 0)
				continue;
			is_answered = true;
			r = dump_message(&h, body, each, context, &why) < 0 ? -1
									    : 1;
		}
	if (r < 0 && why.sys == ENOENT)
		return 0;
	if (got == 0 && !is_answered)
		return err_set(e, "the kernel did not answer a request");
	return got < 0 ? -1 : r < 0 ? err_set(e, "%s", why.text) : r;
}
