/*
 * netlink - talks to nf_tables through AF_NETLINK sockets.
 *
 * Nothing but lengths checked here is trusted in what the kernel sends.  The
 * send buffer is made as large as the transaction (SO_SNDBUFFORCE, which
 * CAP_NET_ADMIN allows): a batch is one datagram.
 */
#include "kube-proxy-mini/netlink.h"

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
#define BUFFER_BYTES  (4 * 1024 * 1024) /* the kernel's queue towards us */
#define PARTS_MAX     64

/* One receive buffer; the program has one thread. */
static char received[RECEIVE_BYTES];

static int set_option(int fd, int level, int option, int value,
	const char *what, struct err *e)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)) < 0)
		return err_sys(e, "netlink socket: %s", what);
	return 0;
}

static int set_up(int fd, uint32_t *port, struct err *e)
{
	struct sockaddr_nl me = {.nl_family = AF_NETLINK};
	socklen_t n = sizeof(me);

	if (bind(fd, (struct sockaddr *)&me, n) < 0 ||
		getsockname(fd, (struct sockaddr *)&me, &n) < 0)
		return err_sys(e, "netlink socket: bind");
	*port = me.nl_pid;
	if (set_option(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1, "NETLINK_EXT_ACK",
		    e) < 0 ||
		set_option(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1,
			"NETLINK_CAP_ACK", e) < 0)
		return -1;
	return set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES,
		"SO_RCVBUFFORCE (CAP_NET_ADMIN is needed)", e);
}

int netlink_open(int *fd, uint32_t *port, struct err *e)
{
	AUTO_FD int s =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);

	if (s < 0)
		return err_sys(e, "netlink socket");
	if (set_up(s, port, e) < 0)
		return -1;
	*fd = fd_take(&s);
	return 0;
}

/* Attributes. */

bool netlink_attr_next(struct str *attrs, uint16_t *type, struct str *value)
{
	struct nlattr a;
	size_t whole;

	if (attrs->n < sizeof(a))
		return false;
	memcpy(&a, attrs->p, sizeof(a));
	if (a.nla_len < sizeof(a) || a.nla_len > attrs->n)
		return false;
	*type = a.nla_type & 0x3fff; /* without NLA_F_NESTED and order */
	*value = (struct str){attrs->p + sizeof(a), a.nla_len - sizeof(a)};
	whole = (a.nla_len + 3u) & ~3u;
	if (whole > attrs->n)
		whole = attrs->n;
	attrs->p += whole;
	attrs->n -= whole;
	return true;
}

struct str netlink_attr(struct str attrs, uint16_t type)
{
	uint16_t t;
	struct str value;

	while (netlink_attr_next(&attrs, &t, &value))
		if (t == type)
			return value;
	return (struct str){NULL, 0};
}

uint32_t netlink_attr_u32(struct str attrs, uint16_t type)
{
	struct str value = netlink_attr(attrs, type);
	uint32_t v = 0;

	if (value.n == sizeof(v))
		memcpy(&v, value.p, sizeof(v));
	return ntohl(v);
}

/* Messages: take the next off the bytes received. */
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

/* Without the nfgenmsg that follows each header. */
static struct str attrs_of(struct str body)
{
	return str_sub(body, sizeof(struct nfgenmsg), body.n);
}

/* 1: something was received, 0: nothing is there, -1: error. */
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

/* Transactions. */

static int total(const struct str *parts, size_t n_parts)
{
	size_t n = 0;

	for (size_t i = 0; i < n_parts; i++)
		n += parts[i].n;
	return n > INT32_MAX / 2 ? -1 : (int)n;
}

static int send_parts(
	int fd, const struct str *parts, size_t n_parts, struct err *e)
{
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	struct iovec iov[PARTS_MAX];
	struct msghdr m = {.msg_name = &kernel,
		.msg_namelen = sizeof(kernel),
		.msg_iov = iov};
	int bytes = total(parts, n_parts);

	if (n_parts > PARTS_MAX || bytes < 0)
		return err_kind(e, ERR_LIMIT, "transaction too large");
	for (size_t i = 0; i < n_parts; i++)
		iov[m.msg_iovlen++] = (struct iovec){
			(void *)(uintptr_t)parts[i].p, parts[i].n};
	if (set_option(fd, SOL_SOCKET, SO_SNDBUFFORCE, bytes + 4096,
		    "SO_SNDBUFFORCE (CAP_NET_ADMIN is needed)", e) < 0)
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
		.is_set = true, .sys = -m.error, .seq = h->nlmsg_seq};
	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	attrs = str_sub(body, sizeof(m), body.n);
	text = netlink_attr(attrs, NLMSGERR_ATTR_MSG);
	if (text.n)
		text.n--; /* its NUL */
	str_copy(text, r->text, sizeof(r->text));
	offset = netlink_attr(attrs, NLMSGERR_ATTR_OFFS);
	if (offset.n == sizeof(r->offset))
		memcpy(&r->offset, offset.p, sizeof(r->offset));
}

int netlink_transact(int fd, const struct str *parts, size_t n_parts,
	uint32_t last_seq, struct netlink_refusal *refusal, struct err *e)
{
	bool is_done = false;
	struct nlmsghdr h;
	struct str rest, body;
	int r;

	refusal->is_set = false;
	if (send_parts(fd, parts, n_parts, e) < 0)
		return -1;
	while ((r = receive(fd, &rest, e)) > 0)
		while (next_message(&rest, &h, &body)) {
			if (h.nlmsg_type != NLMSG_ERROR)
				continue;
			keep_refusal(&h, body, refusal);
			if (h.nlmsg_seq == last_seq)
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

/* Requests that are no transaction. */

static int send_request(int fd, struct str request, struct err *e)
{
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};

	if (sendto(fd, request.p, request.n, 0, (struct sockaddr *)&kernel,
		    sizeof(kernel)) < 0)
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

	if (send_request(fd, (struct str){(const char *)&ask, sizeof(ask)}, e) <
		0)
		return -1;
	while (receive(fd, &rest, e) > 0)
		while (next_message(&rest, &h, &body))
			if ((h.nlmsg_type & 0xff) == NFT_MSG_NEWGEN) {
				*generation = netlink_attr_u32(
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
		errno = -m.error;
		return m.error ? err_sys(e, "netlink request") : 0;
	}
	return each(context, h->nlmsg_type, attrs_of(body), e);
}

int netlink_dump(int fd, struct str request, netlink_each *each, void *context,
	struct err *e)
{
	struct nlmsghdr h;
	struct str rest, body;
	int r = 0, got;

	if (send_request(fd, request, e) < 0)
		return -1;
	while ((got = receive(fd, &rest, e)) > 0)
		while (next_message(&rest, &h, &body)) {
			if (h.nlmsg_type == NLMSG_DONE)
				return r;
			if (r == 0)
				r = dump_message(&h, body, each, context, e);
		}
	return got < 0 ? -1 : err_set(e, "a netlink dump without its end");
}

int netlink_get(int fd, struct str request, netlink_each *each, void *context,
	struct err *e)
{
	struct nlmsghdr h;
	struct str rest, body;
	struct err why = {0};
	int r = 0, got;

	if (send_request(fd, request, e) < 0)
		return -1;
	while ((got = receive(fd, &rest, e)) > 0)
		while (next_message(&rest, &h, &body))
			if (r == 0)
				r = dump_message(
					    &h, body, each, context, &why) < 0
					    ? -1
					    : 1;
	if (r < 0 && why.sys == ENOENT)
		return 0;
	return got < 0 ? -1 : r < 0 ? err_set(e, "%s", why.text) : r;
}
