/*
 * nftmsg - the framing of nf_tables netlink: headers, attributes, nesting.
 *
 * A header or nest is written with length 0, and its length is filled in when
 * it is closed.  Reading trusts no length: an attribute that does not fit ends
 * the list.
 */
#include "kube-proxy-mini/ruleset/nftmsg.h"

#include <arpa/inet.h>
#include <endian.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <string.h>

#define HEADER_BYTES sizeof(struct nlattr)

static size_t put_header(struct buf *b, uint16_t type, uint16_t flags,
	uint32_t seq, struct nfgenmsg g)
{
	size_t at = b->n;
	struct nlmsghdr h = {.nlmsg_type = type,
		.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags),
		.nlmsg_seq = seq};

	buf_put(b, &h, sizeof(h));
	buf_put(b, &g, sizeof(g));
	return at;
}

size_t nftmsg_begin(struct buf *b, struct nftmsg m)
{
	struct nfgenmsg g = {.nfgen_family = m.family, .version = NFNETLINK_V0};

	return put_header(b, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | m.type),
		m.flags, m.seq, g);
}

void nftmsg_end(struct buf *b, size_t at)
{
	uint32_t len = (uint32_t)(b->n - at);

	if (!b->full)
		memcpy(b->p + at, &len, sizeof(len));
}

static void put_batch(struct buf *b, uint16_t type, uint32_t seq)
{
	struct nfgenmsg g = {.nfgen_family = 0,
		.version = NFNETLINK_V0,
		.res_id = htons(NFNL_SUBSYS_NFTABLES)};

	nftmsg_end(b, put_header(b, type, 0, seq, g));
}

void nftmsg_batch_begin(struct buf *b, uint32_t seq)
{
	put_batch(b, NFNL_MSG_BATCH_BEGIN, seq);
}

void nftmsg_batch_end(struct buf *b, uint32_t seq)
{
	put_batch(b, NFNL_MSG_BATCH_END, seq);
}

void nftmsg_put(struct buf *b, uint16_t attr, const void *bytes, size_t n)
{
	size_t padded = HEADER_BYTES + ((n + 3) & ~(size_t)3);
	struct nlattr a = {(uint16_t)(HEADER_BYTES + n), attr};
	char *p;

	if (n > NFTMSG_ATTR_MAX - HEADER_BYTES) {
		b->full = true;
		return;
	}
	p = buf_room(b, padded);
	if (!p)
		return;
	memset(p + padded - 4, 0, 4);
	memcpy(p, &a, sizeof(a));
	if (n)
		memcpy(p + HEADER_BYTES, bytes, n);
}

void nftmsg_u32(struct buf *b, uint16_t attr, uint32_t v)
{
	v = htonl(v);
	nftmsg_put(b, attr, &v, sizeof(v));
}

void nftmsg_u64(struct buf *b, uint16_t attr, uint64_t v)
{
	v = htobe64(v);
	nftmsg_put(b, attr, &v, sizeof(v));
}

void nftmsg_text(struct buf *b, uint16_t attr, const char *text)
{
	nftmsg_put(b, attr, text, strlen(text) + 1);
}

size_t nftmsg_nest(struct buf *b, uint16_t attr)
{
	size_t at = b->n;
	struct nlattr a = {0, (uint16_t)(attr | NLA_F_NESTED)};

	buf_put(b, &a, sizeof(a));
	return at;
}

void nftmsg_nest_end(struct buf *b, size_t at)
{
	size_t n = b->n - at;
	uint16_t len = (uint16_t)n;

	if (n > NFTMSG_ATTR_MAX)
		b->full = true;
	if (!b->full)
		memcpy(b->p + at, &len, sizeof(len));
}

bool nftmsg_next(struct str *attrs, uint16_t *type, struct str *value)
{
	struct nlattr a;
	size_t whole;

	if (attrs->n < sizeof(a))
		return false;
	memcpy(&a, attrs->p, sizeof(a));
	if (a.nla_len < sizeof(a) || a.nla_len > attrs->n)
		return false;
	*type = (uint16_t)(a.nla_type & NLA_TYPE_MASK);
	*value = (struct str){attrs->p + sizeof(a), a.nla_len - sizeof(a)};
	whole = (a.nla_len + 3u) & ~3u;
	if (whole > attrs->n)
		whole = attrs->n;
	attrs->p += whole;
	attrs->n -= whole;
	return true;
}

struct str nftmsg_find(struct str attrs, uint16_t type)
{
	uint16_t t;
	struct str value;

	while (nftmsg_next(&attrs, &t, &value))
		if (t == type)
			return value;
	return (struct str){NULL, 0};
}

uint32_t nftmsg_find_u32(struct str attrs, uint16_t type)
{
	struct str value = nftmsg_find(attrs, type);
	uint32_t v = 0;

	if (value.n == sizeof(v))
		memcpy(&v, value.p, sizeof(v));
	return ntohl(v);
}
