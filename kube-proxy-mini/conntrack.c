/*
 * conntrack - dumps the connection table of one family and deletes entries.
 *
 * An entry is deleted by its original tuple and id, as it was dumped: should
 * the flow have been replaced meanwhile, the kernel finds no such id.  A
 * deletion without a tuple would empty the whole table, so none is sent that
 * lacks one.
 */
#include "kube-proxy-mini/conntrack.h"

#include "kube-proxy-mini/netlink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>

#define CONDEMNED_BYTES_MAX ((size_t)64 << 20)
#define TUPLE_BYTES_MAX     256

struct condemned {
	uint16_t n; /* bytes of the tuple that follow, padded */
	uint16_t zone;
	uint32_t id; /* in network order, as it came */
};

struct cleaning {
	enum model_family family;
	conntrack_judge *judge;
	void *context;
	struct buf list; /* struct condemned, tuple; and so on */
};

static struct str take_ip(
	struct str tuple, enum model_family family, uint16_t v4, uint16_t v6)
{
	return netlink_attr(netlink_attr(tuple, CTA_TUPLE_IP),
		family == MODEL_V4 ? v4 : v6);
}

static bool read_ip(
	struct str bytes, enum model_family family, struct model_ip *out)
{
	*out = (struct model_ip){.family = (uint8_t)family};
	if (bytes.n != MODEL_ADDR_BYTES(family))
		return false;
	memcpy(out->b, bytes.p, bytes.n);
	return true;
}

static bool read_port(struct str tuple, uint16_t attr, uint16_t *out)
{
	struct str port =
		netlink_attr(netlink_attr(tuple, CTA_TUPLE_PROTO), attr);

	if (port.n != sizeof(*out))
		return false;
	memcpy(out, port.p, sizeof(*out));
	*out = ntohs(*out);
	return true;
}

static bool read_flow(
	const struct cleaning *c, struct str attrs, struct conntrack_flow *flow)
{
	struct str orig = netlink_attr(attrs, CTA_TUPLE_ORIG);
	struct str reply = netlink_attr(attrs, CTA_TUPLE_REPLY);
	struct str number = netlink_attr(
		netlink_attr(orig, CTA_TUPLE_PROTO), CTA_PROTO_NUM);

	if (number.n != 1 || (uint8_t)number.p[0] != MODEL_UDP)
		return false;
	flow->proto = MODEL_UDP;
	return read_port(orig, CTA_PROTO_DST_PORT, &flow->port) &&
	       read_port(reply, CTA_PROTO_SRC_PORT, &flow->answers_port) &&
	       read_ip(take_ip(orig, c->family, CTA_IP_V4_DST, CTA_IP_V6_DST),
		       c->family, &flow->asked) &&
	       read_ip(take_ip(reply, c->family, CTA_IP_V4_SRC, CTA_IP_V6_SRC),
		       c->family, &flow->answers);
}

static void condemn(struct cleaning *c, struct str attrs)
{
	struct str tuple = netlink_attr(attrs, CTA_TUPLE_ORIG);
	struct str id = netlink_attr(attrs, CTA_ID);
	struct str zone = netlink_attr(attrs, CTA_ZONE);
	struct condemned one = {.n = (uint16_t)tuple.n};

	if (!tuple.n || tuple.n > TUPLE_BYTES_MAX || id.n != sizeof(one.id))
		return;
	memcpy(&one.id, id.p, sizeof(one.id));
	if (zone.n == sizeof(one.zone))
		memcpy(&one.zone, zone.p, sizeof(one.zone));
	buf_put(&c->list, &one, sizeof(one));
	buf_str(&c->list, tuple);
}

static int judge_entry(
	void *context, uint16_t type, struct str attrs, struct err *e)
{
	struct cleaning *c = context;
	struct conntrack_flow flow;

	(void)e;
	(void)type;
	if (read_flow(c, attrs, &flow) && c->judge(c->context, &flow))
		condemn(c, attrs);
	return 0;
}

/* Requests. */

static uint8_t address_family(enum model_family family)
{
	return family == MODEL_V4 ? AF_INET : AF_INET6;
}

static void put_header(
	struct buf *b, enum model_family family, uint16_t type, uint16_t flags)
{
	struct nlmsghdr h = {
		.nlmsg_type = (uint16_t)(NFNL_SUBSYS_CTNETLINK << 8 | type),
		.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags),
	};
	struct nfgenmsg g = {
		.nfgen_family = address_family(family),
		.version = NFNETLINK_V0,
	};

	buf_put(b, &h, sizeof(h));
	buf_put(b, &g, sizeof(g));
}

static void put_attr(struct buf *b, uint16_t type, const void *bytes, size_t n)
{
	struct nlattr a = {(uint16_t)(sizeof(a) + n), type};

	buf_put(b, &a, sizeof(a));
	buf_put(b, bytes, n);
	buf_fill(b, 0, -n & 3);
}

static struct str finish(struct buf *b)
{
	uint32_t len = (uint32_t)b->n;

	memcpy(b->p, &len, sizeof(len));
	return buf_view(b);
}

static int ignore(void *context, uint16_t type, struct str attrs, struct err *e)
{
	(void)context;
	(void)type;
	(void)attrs;
	(void)e;
	return 0;
}

/* 1 deleted, 0 it was gone already, -1. */
static int delete_entry(int fd, enum model_family family,
	const struct condemned *one, struct str tuple, struct err *e)
{
	char room[TUPLE_BYTES_MAX + 128];
	struct buf b = buf_fixed(room, sizeof(room));

	put_header(&b, family, IPCTNL_MSG_CT_DELETE, NLM_F_ACK);
	put_attr(&b, CTA_TUPLE_ORIG | NLA_F_NESTED, tuple.p, tuple.n);
	put_attr(&b, CTA_ID, &one->id, sizeof(one->id));
	if (one->zone)
		put_attr(&b, CTA_ZONE, &one->zone, sizeof(one->zone));
	if (b.full)
		return err_set(e, "a tuple too long");
	return netlink_get(fd, finish(&b), ignore, NULL, e);
}

static int delete_all(
	int fd, const struct cleaning *c, size_t *deleted, struct err *e)
{
	struct str rest = buf_view(&c->list), tuple;
	struct condemned one;

	while (rest.n >= sizeof(one)) {
		memcpy(&one, rest.p, sizeof(one));
		tuple = str_sub(rest, sizeof(one), one.n);
		rest = str_sub(rest, sizeof(one) + one.n, rest.n);
		switch (delete_entry(fd, c->family, &one, tuple, e)) {
		case 1:
			(*deleted)++;
			break;
		case -1:
			return err_at(e, "delete a stale flow");
		default:
			break;
		}
	}
	return 0;
}

int conntrack_clean(int fd, enum model_family family, conntrack_judge *judge,
	void *context, size_t *deleted, struct err *e)
{
	struct cleaning c = {
		family, judge, context, buf_growing(CONDEMNED_BYTES_MAX)};
	char room[64];
	struct buf b = buf_fixed(room, sizeof(room));
	int r;

	*deleted = 0;
	put_header(&b, family, IPCTNL_MSG_CT_GET, NLM_F_DUMP);
	r = netlink_dump(fd, finish(&b), judge_entry, &c, e);
	if (r < 0)
		err_at(e, "list flows");
	else
		r = delete_all(fd, &c, deleted, e);
	buf_free(&c.list);
	return r;
}
