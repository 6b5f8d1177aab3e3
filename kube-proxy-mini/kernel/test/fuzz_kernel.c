/*
 * Answers that no sane kernel gives: to the guard's look at the tables, to the
 * dump of connections, to a transaction.
 *
 * The first byte chooses what is asked.  The rest is cut into datagrams, each
 * a length of two bytes, big endian, and its bytes; a request or transaction
 * receives those up to a length of 0.  Messages in them that carry the number
 * 0xffffffff carry that of the question instead.  recv(2), sendmsg(2) and
 * setsockopt(2) are ours: there is no kernel.
 *
 * Whatever it says: an error has a text, and what asks for a flow to be deleted
 * names one, since the kernel would delete all of them otherwise.
 */
#include "kube-proxy-mini/kernel/flows.h"
#include "kube-proxy-mini/kernel/guard.h"
#include "kube-proxy-mini/kernel/netlink.h"
#include "kube-proxy-mini/model/model.h"
#include "kube-proxy-mini/ruleset/nftmsg.h"
#include "lib/base/log.h"

#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define ANY_SEQ   0xffffffffu
#define PRESENT   "keelson"
#define LAST_SEQ  7
#define QUESTIONS 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
ssize_t recv(int fd, void *room, size_t n, int flags);
ssize_t sendmsg(int fd, const struct msghdr *m, int flags);
int setsockopt(int fd, int level, int name, const void *value, socklen_t n);

static struct str answers;
static uint32_t asked; /* the number of the last question */
static bool is_asked;

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* ---- the kernel -----------------------------------------------------------
 */

/* What a deletion must have, or the whole table would go. */
static void check_deletion(struct str message)
{
	struct str attrs = str_sub(message,
		sizeof(struct nlmsghdr) + sizeof(struct nfgenmsg), message.n);

	require(nftmsg_find(attrs, CTA_TUPLE_ORIG).n > 0);
	require(nftmsg_find(attrs, CTA_ID).n == sizeof(uint32_t));
}

static void note_question(struct str message)
{
	struct nlmsghdr h;

	require(message.n >= sizeof(h));
	memcpy(&h, message.p, sizeof(h));
	require(h.nlmsg_len == message.n || h.nlmsg_len < message.n);
	asked = h.nlmsg_seq;
	if (h.nlmsg_type == (NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE))
		check_deletion(message);
}

ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
	static char room[65536];
	struct buf b = buf_fixed(room, sizeof(room));

	(void)fd;
	(void)flags;
	for (size_t i = 0; i < m->msg_iovlen; i++)
		buf_put(&b, m->msg_iov[i].iov_base, m->msg_iov[i].iov_len);
	require(!b.full);
	note_question(buf_view(&b));
	is_asked = true;
	return (ssize_t)b.n;
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t n)
{
	(void)fd;
	(void)level;
	(void)name;
	(void)value;
	(void)n;
	return 0;
}

/* Number the messages that ask for it. */
static void number_messages(char *p, size_t n)
{
	struct nlmsghdr h;

	while (n >= sizeof(h)) {
		memcpy(&h, p, sizeof(h));
		if (h.nlmsg_seq == ANY_SEQ) {
			h.nlmsg_seq = asked;
			memcpy(p, &h, sizeof(h));
		}
		if (h.nlmsg_len < sizeof(h) || h.nlmsg_len > n)
			return;
		p += NLMSG_ALIGN(h.nlmsg_len) < n ? NLMSG_ALIGN(h.nlmsg_len)
						  : n;
		n -= NLMSG_ALIGN(h.nlmsg_len) < n ? NLMSG_ALIGN(h.nlmsg_len)
						  : n;
	}
}

static size_t take_length(void)
{
	size_t n = answers.n < 2 ? 0
				 : (size_t)(unsigned char)answers.p[0] << 8 |
					   (unsigned char)answers.p[1];

	answers = str_sub(answers, 2, answers.n);
	return n;
}

ssize_t recv(int fd, void *room, size_t n, int flags)
{
	struct str datagram = {"", 0};

	(void)fd;
	(void)flags;
	if (is_asked)
		datagram = str_sub(answers, 0, take_length());
	if (!datagram.n) {
		is_asked = false; /* the next one is for the next question */
		errno = EAGAIN;
		return -1;
	}
	datagram = str_sub(datagram, 0, n);
	answers = str_sub(answers, datagram.n, answers.n);
	memcpy(room, datagram.p, datagram.n);
	number_messages(room, datagram.n);
	return (ssize_t)datagram.n;
}

/* ---- the questions --------------------------------------------------------
 */

static void ask_guard(bool is_armed)
{
	static uint32_t counts[MODEL_FAMILIES][RULESET_SETS];
	struct guard g = {.table = PRESENT,
		.has_family = {true, true},
		.generation = is_armed};
	struct err e = {0};
	int r = is_armed ? guard_check(&g, -1, counts, &e)
			 : guard_arm(&g, -1, &e);

	require(r >= 0 || e.text[0] != '\0');
}

/* A name server at 10.96.0.10, UDP 53, with one endpoint: 10.0.0.1. */
static void put_service(struct model *m)
{
	const struct model_ip ip = {MODEL_V4, {10, 96, 0, 10}};
	const struct model_port port = {STR("dns"), MODEL_UDP, 53, 30053};
	const struct model_slice_port slice_port = {STR("dns"), MODEL_UDP, 53};
	const struct model_endpoint endpoint = {
		.ip = {MODEL_V4, {10, 0, 0, 1}}, .conditions = MODEL_EP_READY};
	const struct model_service s = {.ns = STR("ns"),
		.name = STR("dns"),
		.cluster_ips = &ip,
		.n_cluster_ips = 1,
		.ports = &port,
		.n_ports = 1};
	const struct model_slice l = {.ns = STR("ns"),
		.name = STR("dns"),
		.service = STR("dns"),
		.ports = &slice_port,
		.n_ports = 1,
		.endpoints = &endpoint,
		.n_endpoints = 1};

	require(model_put_service(m, &s, NULL) >= 0);
	require(model_put_slice(m, &l, NULL) >= 0);
}

static void kept(
	void *context, const struct record *was, const struct record *now)
{
	(void)context;
	(void)was;
	(void)now;
}

static struct settle *settled(void)
{
	static struct settle s;
	static struct model *m;
	static struct env env;

	if (m)
		return &s;
	m = model_make((size_t)16 << 20);
	require(m != NULL);
	env.has_family[MODEL_V4] = env.has_family[MODEL_V6] = true;
	settle_make(&s);
	put_service(m);
	require(settle_plan(&s, m, &env, NULL) == 0);
	settle_keep(&s, m, kept, NULL);
	return &s;
}

static void ask_flows(void)
{
	struct flows f = {.is_due = {true, true}, .has_failed = true};

	flows_clean(&f, -1, settled());
}

static void ask_transaction(void)
{
	struct nlmsghdr h = {.nlmsg_len = sizeof(h), .nlmsg_seq = LAST_SEQ};
	struct batch_parts parts = {
		.part = {{(const char *)&h, sizeof(h)}}, .n = 1};
	struct netlink_refusal refusal;
	struct err e = {0};
	int r;

	parts.last_seq = LAST_SEQ;
	r = netlink_transact(-1, &parts, &refusal, &e);
	require(r == 0 || e.text[0] != '\0');
	require(r < 0 || !refusal.is_set);
	require(memchr(refusal.text, '\0', sizeof(refusal.text)) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	is_asked = false;
	answers = (struct str){(const char *)data + 1, size - 1};
	switch (data[0] % QUESTIONS) {
	case 0:
		ask_guard(false);
		break;
	case 1:
		ask_guard(true);
		break;
	case 2:
		ask_flows();
		break;
	default:
		ask_transaction();
		break;
	}
	return 0;
}
