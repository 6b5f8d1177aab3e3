/*
 * flows - dumps the connection table of a family, asks the plan about each
 * UDP flow, and deletes the stale ones when the dump is over.
 *
 * An entry is deleted by its original tuple and its id, as they were dumped:
 * should another flow have replaced it meanwhile, the kernel finds no such
 * id.  A deletion without a tuple would empty the whole table, so none is
 * sent that lacks one.  Attributes: linux/netfilter/nfnetlink_conntrack.h.
 */
#include "kube-proxy-mini/kernel/flows.h"

#include "kube-proxy-mini/kernel/netlink.h"
#include "kube-proxy-mini/plan/served.h"
#include "kube-proxy-mini/ruleset/nftmsg.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>

#define STALE_BYTES_MAX ((size_t)64 << 20)
#define TUPLE_BYTES_MAX 256

/* CTA_FILTER_ORIG_FLAGS, which the kernel's headers do not name. */
#define FILTER_BY_PROTO (1u << 3)

struct flow {
	struct elem asked;       /* address and port that the client sent to */
	struct model_ip answers; /* who answers: the endpoint, if translated */
	uint16_t answers_port;
};

/* A stale flow; n bytes of its tuple follow, padded as they came. */
struct stale {
	uint16_t n;
	uint16_t zone;
	uint32_t id; /* in network order, as it came */
};

struct dump {
	enum model_family family;
	struct settle *settle;
	struct buf list; /* struct stale, tuple; and so on */
};

/* Reading a flow. */

static struct str take_ip(
	struct str tuple, enum model_family family, uint16_t v4, uint16_t v6)
{
	return nftmsg_find(
		nftmsg_find(tuple, CTA_TUPLE_IP), family == MODEL_V4 ? v4 : v6);
}

static bool read_ip(struct str bytes, enum model_family family, uint8_t *out)
{
	if (bytes.n != MODEL_ADDR_BYTES(family))
		return false;
	memcpy(out, bytes.p, bytes.n);
	return true;
}

static bool read_port(struct str tuple, uint16_t attr, uint16_t *out)
{
	struct str port =
		nftmsg_find(nftmsg_find(tuple, CTA_TUPLE_PROTO), attr);

	if (port.n != sizeof(*out))
		return false;
	memcpy(out, port.p, sizeof(*out));
	*out = ntohs(*out);
	return true;
}

/* False when it is no UDP flow, or of another form. */
static bool read_flow(
	struct str attrs, enum model_family family, struct flow *flow)
{
	struct str orig = nftmsg_find(attrs, CTA_TUPLE_ORIG);
	struct str reply = nftmsg_find(attrs, CTA_TUPLE_REPLY);
	struct str number =
		nftmsg_find(nftmsg_find(orig, CTA_TUPLE_PROTO), CTA_PROTO_NUM);

	if (number.n != 1 || (uint8_t)number.p[0] != MODEL_UDP)
		return false;
	*flow = (struct flow){
		.asked = {.set = RULESET_SERVICES,
			.family = (uint8_t)family,
			.proto = MODEL_UDP},
		.answers.family = (uint8_t)family,
	};
	return read_port(orig, CTA_PROTO_DST_PORT, &flow->asked.port) &&
	       read_port(reply, CTA_PROTO_SRC_PORT, &flow->answers_port) &&
	       read_ip(take_ip(orig, family, CTA_IP_V4_DST, CTA_IP_V6_DST),
		       family, flow->asked.ip) &&
	       read_ip(take_ip(reply, family, CTA_IP_V4_SRC, CTA_IP_V6_SRC),
		       family, flow->answers.b);
}

static void keep_stale(struct dump *d, struct str attrs)
{
	struct str tuple = nftmsg_find(attrs, CTA_TUPLE_ORIG);
	struct str id = nftmsg_find(attrs, CTA_ID);
	struct str zone = nftmsg_find(attrs, CTA_ZONE);
	struct stale one = {.n = (uint16_t)tuple.n};

	if (!tuple.n || tuple.n > TUPLE_BYTES_MAX || id.n != sizeof(one.id))
		return;
	memcpy(&one.id, id.p, sizeof(one.id));
	if (zone.n == sizeof(one.zone))
		memcpy(&one.zone, zone.p, sizeof(one.zone));
	buf_put(&d->list, &one, sizeof(one));
	buf_str(&d->list, tuple);
}

static int take_flow(
	void *context, uint16_t type, struct str attrs, struct err *e)
{
	struct dump *d = context;
	struct flow flow;

	(void)e;
	(void)type;
	if (read_flow(attrs, d->family, &flow) &&
		!served_flow(d->settle, &flow.asked, &flow.answers,
			flow.answers_port))
		keep_stale(d, attrs);
	return 0;
}

/* Requests. */

static void put_header(
	struct buf *b, enum model_family family, uint16_t type, uint16_t flags)
{
	struct nlmsghdr h = {
		.nlmsg_type = (uint16_t)(NFNL_SUBSYS_CTNETLINK << 8 | type),
		.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags),
	};
	struct nfgenmsg g = {
		.nfgen_family = family == MODEL_V4 ? AF_INET : AF_INET6,
		.version = NFNETLINK_V0,
	};

	buf_put(b, &h, sizeof(h));
	buf_put(b, &g, sizeof(g));
}

/* 1 deleted, 0 it was gone already, -1. */
static int delete_flow(int fd, enum model_family family,
	const struct stale *one, struct str tuple, struct err *e)
{
	char room[TUPLE_BYTES_MAX + 128];
	struct buf b = buf_fixed(room, sizeof(room));

	put_header(&b, family, IPCTNL_MSG_CT_DELETE, NLM_F_ACK);
	nftmsg_put(&b, CTA_TUPLE_ORIG | NLA_F_NESTED, tuple.p, tuple.n);
	nftmsg_put(&b, CTA_ID, &one->id, sizeof(one->id));
	if (one->zone)
		nftmsg_put(&b, CTA_ZONE, &one->zone, sizeof(one->zone));
	nftmsg_end(&b, 0);
	if (b.full)
		return err_set(e, "the tuple of a flow is too long");
	return netlink_get(fd, buf_view(&b), NULL, NULL, e);
}

static int delete_stale(
	int fd, const struct dump *d, size_t *deleted, struct err *e)
{
	struct str rest = buf_view(&d->list), tuple;
	struct stale one;
	int r;

	while (rest.n >= sizeof(one)) {
		memcpy(&one, rest.p, sizeof(one));
		tuple = str_sub(rest, sizeof(one), one.n);
		if (tuple.n < one.n)
			break; /* the list has no room for it */
		rest = str_sub(rest, sizeof(one) + one.n, rest.n);
		r = delete_flow(fd, d->family, &one, tuple, e);
		if (r < 0)
			return err_at(e, "delete a stale flow");
		*deleted += (size_t)r;
	}
	return 0;
}

/*
 * UDP flows only: most others are TCP, which the kernel passes over five times
 * faster than it lists them.  Before Linux 5.8 it lists all the same.
 */
static void put_udp_filter(struct buf *b)
{
	static const uint8_t udp = MODEL_UDP;
	size_t tuple = nftmsg_nest(b, CTA_TUPLE_ORIG);
	size_t proto = nftmsg_nest(b, CTA_TUPLE_PROTO), filter;
	uint32_t flags = FILTER_BY_PROTO;

	nftmsg_put(b, CTA_PROTO_NUM, &udp, sizeof(udp));
	nftmsg_nest_end(b, proto);
	nftmsg_nest_end(b, tuple);
	filter = nftmsg_nest(b, CTA_FILTER);
	nftmsg_put(b, CTA_FILTER_ORIG_FLAGS, &flags, sizeof(flags));
	nftmsg_nest_end(b, filter);
}

static int clean_family(int fd, struct dump *d, size_t *deleted, struct err *e)
{
	char room[128];
	struct buf b = buf_fixed(room, sizeof(room));

	put_header(&b, d->family, IPCTNL_MSG_CT_GET, NLM_F_DUMP);
	put_udp_filter(&b);
	nftmsg_end(&b, 0);
	if (netlink_dump(fd, buf_view(&b), take_flow, d, e) < 0)
		return err_at(e, "list flows");
	return delete_stale(fd, d, deleted, e);
}

/* When to do it. */

static void note_udp(struct flows *f, const struct record *r)
{
	for (uint32_t i = 0; r && i < r->n_groups; i++)
		if (r->groups[i].proto == MODEL_UDP)
			f->is_due[r->groups[i].family] = true;
}

void flows_note_record(
	struct flows *f, const struct record *was, const struct record *now)
{
	note_udp(f, was);
	note_udp(f, now);
}

static void log_failure(struct flows *f, const struct err *e)
{
	log_event(f->has_failed ? LOG_DEBUG : LOG_WARN,
		"stale UDP flows may stay", "why", e->text, NULL);
	f->has_failed = true;
}

uint64_t flows_due_ns(const struct flows *f)
{
	return f->is_due[MODEL_V4] || f->is_due[MODEL_V6] ? f->ready_at_ns
							  : UINT64_MAX;
}

static uint64_t pause_after(uint64_t took_ns)
{
	uint64_t pause = took_ns * FLOWS_PAUSE;

	return pause > FLOWS_PAUSE_NS ? pause : FLOWS_PAUSE_NS;
}

/* Once more when flows may be missing in the list, or it had no more room. */
static size_t clean_if_due(
	struct flows *f, int fd, struct settle *s, enum model_family family)
{
	struct dump d = {family, s, buf_growing(STALE_BYTES_MAX)};
	struct err e = {0};
	size_t deleted = 0;

	if (!f->is_due[family])
		return 0;
	f->is_due[family] = false;
	if (clean_family(fd, &d, &deleted, &e) < 0) {
		f->is_due[family] = e.kind == ERR_BUSY;
		log_failure(f, &e);
	}
	f->is_due[family] |= d.list.full;
	buf_free(&d.list);
	return deleted;
}

size_t flows_clean(struct flows *f, int fd, struct settle *s)
{
	uint64_t start_ns = clock_cpu_ns();
	size_t deleted = 0;

	if (clock_monotonic_ns() < flows_due_ns(f))
		return 0;
	for (int i = 0; i < MODEL_FAMILIES; i++)
		deleted += clean_if_due(f, fd, s, (enum model_family)i);
	f->ready_at_ns =
		clock_monotonic_ns() + pause_after(clock_cpu_ns() - start_ns);
	if (deleted > 0)
		log_event(LOG_DEBUG, "stale UDP flows forgotten", NULL);
	return deleted;
}
