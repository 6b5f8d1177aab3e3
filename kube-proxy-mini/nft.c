/*
 * nft - writes nf_tables messages: tables, chains, sets, rules.
 *
 * Comments and byte orders go into "userdata", which the kernel only keeps
 * and the nft tool reads: type, length, value, where the types are those of
 * libnftnl's udata.h.
 */
#include "kube-proxy-mini/nft.h"
#include "kube-proxy-mini/nftmsg.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>
#include <string.h>

#define UDATA_COMMENT        0 /* of tables, rules and elements */
#define UDATA_SET_KEY_ORDER  0
#define UDATA_SET_DATA_ORDER 1
#define UDATA_SET_COMMENT    7
#define UDATA_ORDER_HOST     1
#define UDATA_ORDER_BIG      2
#define NFT_TYPE_BITS        6
#define ICMP_PORT_UNREACH    3
#define ICMP6_PORT_UNREACH   4
#define FIELD_SET_CONCAT     0x80 /* NFT_SET_CONCAT, since 5.6 */

static uint32_t reg(uint32_t word)
{
	return NFT_REG32_00 + word;
}

/* Messages. */

static void begin(struct nft *w, uint16_t type, uint16_t flags)
{
	w->msg = nftmsg_begin(
		w->out, (struct nftmsg){type, flags, w->family, w->seq++});
}

static void end(struct nft *w)
{
	nftmsg_end(w->out, w->msg);
}

static size_t udata_text(char *u, char type, const char *text, size_t n)
{
	if (n > NFT_COMMENT_BYTES - 1)
		n = NFT_COMMENT_BYTES - 1;
	u[0] = type;
	u[1] = (char)(n + 1);
	memcpy(u + 2, text, n);
	u[2 + n] = 0;
	return n + 3;
}

static size_t udata_u32(char *u, char type, uint32_t v)
{
	u[0] = type;
	u[1] = sizeof(v);
	memcpy(u + 2, &v, sizeof(v));
	return 2 + sizeof(v);
}

static void put_comment(struct nft *w, uint16_t attr, struct str text)
{
	char u[NFT_COMMENT_BYTES + 2];

	nftmsg_put(
		w->out, attr, u, udata_text(u, UDATA_COMMENT, text.p, text.n));
}

/* Tables and chains. */

void nft_table_add(struct nft *w, const char *comment)
{
	begin(w, NFT_MSG_NEWTABLE, NLM_F_CREATE);
	nftmsg_text(w->out, NFTA_TABLE_NAME, w->table);
	nftmsg_u32(w->out, NFTA_TABLE_FLAGS, 0);
	if (comment)
		put_comment(w, NFTA_TABLE_USERDATA, str_of(comment));
	end(w);
}

void nft_table_delete(struct nft *w)
{
	begin(w, NFT_MSG_DELTABLE, 0);
	nftmsg_text(w->out, NFTA_TABLE_NAME, w->table);
	end(w);
}

void nft_chain_add(struct nft *w, const char *name, const struct nft_hook *hook)
{
	size_t at;

	begin(w, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
	nftmsg_text(w->out, NFTA_CHAIN_TABLE, w->table);
	nftmsg_text(w->out, NFTA_CHAIN_NAME, name);
	if (hook) {
		at = nftmsg_nest(w->out, NFTA_CHAIN_HOOK);
		nftmsg_u32(w->out, NFTA_HOOK_HOOKNUM, hook->hook);
		nftmsg_u32(
			w->out, NFTA_HOOK_PRIORITY, (uint32_t)hook->priority);
		nftmsg_nest_end(w->out, at);
		nftmsg_u32(w->out, NFTA_CHAIN_POLICY, NF_ACCEPT);
		nftmsg_text(w->out, NFTA_CHAIN_TYPE, hook->type);
	}
	end(w);
}

/* Sets. */

static size_t type_bytes(uint8_t type)
{
	return type == NFT_TYPE_IPV6 ? 16 : 4;
}

/* What a field holds, without its padding. */
static size_t type_len(uint8_t type)
{
	switch (type) {
	case NFT_TYPE_IPV6:
		return 16;
	case NFT_TYPE_PROTO:
		return 1;
	case NFT_TYPE_PORT:
		return 2;
	default:
		return 4;
	}
}

size_t nft_types_bytes(const uint8_t *types)
{
	size_t n = 0;

	for (; *types; types++)
		n += type_bytes(*types);
	return n;
}

static uint32_t types_number(const uint8_t *types)
{
	uint32_t v = 0;

	for (; *types; types++)
		v = v << NFT_TYPE_BITS | *types;
	return v;
}

static void put_set_desc(struct nft *w, const struct nft_set *s, uint32_t size)
{
	size_t at = nftmsg_nest(w->out, NFTA_SET_DESC), list, field;

	if (size)
		nftmsg_u32(w->out, NFTA_SET_DESC_SIZE, size);
	if (s->flags & FIELD_SET_CONCAT) {
		list = nftmsg_nest(w->out, NFTA_SET_DESC_CONCAT);
		for (const uint8_t *t = s->key; *t; t++) {
			field = nftmsg_nest(w->out, NFTA_LIST_ELEM);
			nftmsg_u32(w->out, NFTA_SET_FIELD_LEN,
				(uint32_t)type_len(*t));
			nftmsg_nest_end(w->out, field);
		}
		nftmsg_nest_end(w->out, list);
	}
	nftmsg_nest_end(w->out, at);
}

static uint32_t types_order(const uint8_t *types)
{
	return types[0] == NFT_TYPE_MARK && !types[1] ? UDATA_ORDER_HOST
						      : UDATA_ORDER_BIG;
}

static void put_set_userdata(struct nft *w, const struct nft_set *s)
{
	char u[NFT_COMMENT_BYTES + 32];
	size_t n = udata_u32(u, UDATA_SET_KEY_ORDER, types_order(s->key));

	if (s->value[0])
		n += udata_u32(
			u + n, UDATA_SET_DATA_ORDER, types_order(s->value));
	n += udata_text(
		u + n, UDATA_SET_COMMENT, s->comment, strlen(s->comment));
	nftmsg_put(w->out, NFTA_SET_USERDATA, u, n);
}

void nft_set_add(struct nft *w, const struct nft_set *s, uint32_t size)
{
	begin(w, NFT_MSG_NEWSET, NLM_F_CREATE);
	nftmsg_text(w->out, NFTA_SET_TABLE, w->table);
	nftmsg_text(w->out, NFTA_SET_NAME, s->name);
	nftmsg_u32(w->out, NFTA_SET_ID, w->seq);
	nftmsg_u32(w->out, NFTA_SET_FLAGS, s->flags);
	nftmsg_u32(w->out, NFTA_SET_KEY_TYPE, types_number(s->key));
	nftmsg_u32(w->out, NFTA_SET_KEY_LEN, (uint32_t)nft_types_bytes(s->key));
	if (s->is_verdict) {
		nftmsg_u32(w->out, NFTA_SET_DATA_TYPE, NFT_DATA_VERDICT);
	} else if (s->flags & NFT_SET_MAP) {
		nftmsg_u32(w->out, NFTA_SET_DATA_TYPE, types_number(s->value));
		nftmsg_u32(w->out, NFTA_SET_DATA_LEN,
			(uint32_t)nft_types_bytes(s->value));
	}
	if (size || s->flags & FIELD_SET_CONCAT)
		put_set_desc(w, s, size);
	put_set_userdata(w, s);
	end(w);
}

/* Rules. */

void nft_rule_begin(struct nft *w, const char *chain)
{
	begin(w, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
	nftmsg_text(w->out, NFTA_RULE_TABLE, w->table);
	nftmsg_text(w->out, NFTA_RULE_CHAIN, chain);
	w->list = nftmsg_nest(w->out, NFTA_RULE_EXPRESSIONS);
}

void nft_rule_end(struct nft *w, const char *comment)
{
	nftmsg_nest_end(w->out, w->list);
	if (comment)
		put_comment(w, NFTA_RULE_USERDATA, str_of(comment));
	end(w);
}

static struct buf *expr(struct nft *w, const char *name)
{
	w->item = nftmsg_nest(w->out, NFTA_LIST_ELEM);
	nftmsg_text(w->out, NFTA_EXPR_NAME, name);
	w->data = nftmsg_nest(w->out, NFTA_EXPR_DATA);
	return w->out;
}

static void expr_end(struct nft *w)
{
	nftmsg_nest_end(w->out, w->data);
	nftmsg_nest_end(w->out, w->item);
}

static void put_value(struct buf *b, uint16_t attr, const void *bytes, size_t n)
{
	size_t at = nftmsg_nest(b, attr);

	nftmsg_put(b, NFTA_DATA_VALUE, bytes, n);
	nftmsg_nest_end(b, at);
}

static void put_verdict(
	struct buf *b, uint16_t attr, int32_t code, const char *chain)
{
	size_t at = nftmsg_nest(b, attr);
	size_t verdict = nftmsg_nest(b, NFTA_DATA_VERDICT);

	nftmsg_u32(b, NFTA_VERDICT_CODE, (uint32_t)code);
	if (chain)
		nftmsg_text(b, NFTA_VERDICT_CHAIN, chain);
	nftmsg_nest_end(b, verdict);
	nftmsg_nest_end(b, at);
}

void nft_load_payload(struct nft *w, struct nft_payload p, uint32_t word)
{
	struct buf *b = expr(w, "payload");

	nftmsg_u32(b, NFTA_PAYLOAD_DREG, reg(word));
	nftmsg_u32(b, NFTA_PAYLOAD_BASE, p.base);
	nftmsg_u32(b, NFTA_PAYLOAD_OFFSET, p.offset);
	nftmsg_u32(b, NFTA_PAYLOAD_LEN, p.len);
	expr_end(w);
}

void nft_load_meta(struct nft *w, uint32_t key, uint32_t word)
{
	struct buf *b = expr(w, "meta");

	nftmsg_u32(b, NFTA_META_DREG, reg(word));
	nftmsg_u32(b, NFTA_META_KEY, key);
	expr_end(w);
}

void nft_load_ct(struct nft *w, uint32_t key, uint32_t word)
{
	struct buf *b = expr(w, "ct");

	nftmsg_u32(b, NFTA_CT_DREG, reg(word));
	nftmsg_u32(b, NFTA_CT_KEY, key);
	expr_end(w);
}

void nft_load_ct_original(struct nft *w, uint32_t key, uint32_t word)
{
	struct buf *b = expr(w, "ct");
	uint8_t direction = 0;

	nftmsg_u32(b, NFTA_CT_DREG, reg(word));
	nftmsg_u32(b, NFTA_CT_KEY, key);
	nftmsg_put(b, NFTA_CT_DIRECTION, &direction, sizeof(direction));
	expr_end(w);
}

void nft_load_random(struct nft *w, uint32_t modulus, uint32_t word)
{
	struct buf *b = expr(w, "numgen");

	nftmsg_u32(b, NFTA_NG_DREG, reg(word));
	nftmsg_u32(b, NFTA_NG_MODULUS, modulus);
	nftmsg_u32(b, NFTA_NG_TYPE, NFT_NG_RANDOM);
	nftmsg_u32(b, NFTA_NG_OFFSET, 0);
	expr_end(w);
}

void nft_load_source_type(struct nft *w, uint32_t word)
{
	struct buf *b = expr(w, "fib");

	nftmsg_u32(b, NFTA_FIB_DREG, reg(word));
	nftmsg_u32(b, NFTA_FIB_RESULT, NFT_FIB_RESULT_ADDRTYPE);
	nftmsg_u32(b, NFTA_FIB_FLAGS, NFTA_FIB_F_SADDR);
	expr_end(w);
}

void nft_mask(struct nft *w, uint32_t word, const void *mask, size_t n)
{
	static const char zero[NFT_KEY_BYTES];
	struct buf *b = expr(w, "bitwise");

	nftmsg_u32(b, NFTA_BITWISE_SREG, reg(word));
	nftmsg_u32(b, NFTA_BITWISE_DREG, reg(word));
	nftmsg_u32(b, NFTA_BITWISE_LEN, (uint32_t)n);
	put_value(b, NFTA_BITWISE_MASK, mask, n);
	put_value(b, NFTA_BITWISE_XOR, zero, n);
	expr_end(w);
}

void nft_test(struct nft *w, bool is_equal, uint32_t word, const void *bytes,
	size_t n)
{
	struct buf *b = expr(w, "cmp");

	nftmsg_u32(b, NFTA_CMP_SREG, reg(word));
	nftmsg_u32(b, NFTA_CMP_OP, is_equal ? NFT_CMP_EQ : NFT_CMP_NEQ);
	put_value(b, NFTA_CMP_DATA, bytes, n);
	expr_end(w);
}

void nft_test_set(struct nft *w, const char *set, uint32_t word, bool inverted)
{
	struct buf *b = expr(w, "lookup");

	nftmsg_text(b, NFTA_LOOKUP_SET, set);
	nftmsg_u32(b, NFTA_LOOKUP_SREG, reg(word));
	nftmsg_u32(b, NFTA_LOOKUP_FLAGS, inverted ? NFT_LOOKUP_F_INV : 0);
	expr_end(w);
}

static void map_to(struct nft *w, const char *map, uint32_t from, uint32_t dreg)
{
	struct buf *b = expr(w, "lookup");

	nftmsg_text(b, NFTA_LOOKUP_SET, map);
	nftmsg_u32(b, NFTA_LOOKUP_SREG, reg(from));
	nftmsg_u32(b, NFTA_LOOKUP_DREG, dreg);
	expr_end(w);
}

void nft_map(struct nft *w, const char *map, uint32_t from, uint32_t to)
{
	map_to(w, map, from, reg(to));
}

void nft_map_verdict(struct nft *w, const char *map, uint32_t from)
{
	map_to(w, map, from, NFT_REG_VERDICT);
}

void nft_verdict(struct nft *w, int32_t code, const char *chain)
{
	struct buf *b = expr(w, "immediate");

	nftmsg_u32(b, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
	put_verdict(b, NFTA_IMMEDIATE_DATA, code, chain);
	expr_end(w);
}

void nft_reject(struct nft *w)
{
	struct buf *b = expr(w, "reject");
	uint8_t code = w->family == NFPROTO_IPV4 ? ICMP_PORT_UNREACH
						 : ICMP6_PORT_UNREACH;

	nftmsg_u32(b, NFTA_REJECT_TYPE, NFT_REJECT_ICMP_UNREACH);
	nftmsg_put(b, NFTA_REJECT_ICMP_CODE, &code, sizeof(code));
	expr_end(w);
}

void nft_dnat(struct nft *w, uint32_t addr, uint32_t port)
{
	struct buf *b = expr(w, "nat");

	nftmsg_u32(b, NFTA_NAT_TYPE, NFT_NAT_DNAT);
	nftmsg_u32(b, NFTA_NAT_FAMILY, w->family);
	nftmsg_u32(b, NFTA_NAT_REG_ADDR_MIN, reg(addr));
	nftmsg_u32(b, NFTA_NAT_REG_PROTO_MIN, reg(port));
	expr_end(w);
}

void nft_masquerade(struct nft *w, bool is_random)
{
	struct buf *b = expr(w, "masq");

	if (is_random)
		nftmsg_u32(b, NFTA_MASQ_FLAGS, NF_NAT_RANGE_PROTO_RANDOM_FULLY);
	expr_end(w);
}

void nft_dynset(struct nft *w, struct nft_dynset d)
{
	struct buf *b = expr(w, "dynset");

	nftmsg_text(b, NFTA_DYNSET_SET_NAME, d.map);
	nftmsg_u32(b, NFTA_DYNSET_OP, d.op);
	nftmsg_u32(b, NFTA_DYNSET_SREG_KEY, reg(d.key));
	nftmsg_u32(b, NFTA_DYNSET_SREG_DATA, reg(d.data));
	if (d.timeout_ms)
		nftmsg_u64(b, NFTA_DYNSET_TIMEOUT, d.timeout_ms);
	expr_end(w);
}

/* Elements. */

#define ELEM_BYTES_MAX 512 /* more than the longest element takes */

void nft_elems_begin(struct nft *w, enum nft_op op, const char *set)
{
	begin(w, op == NFT_OP_ADD ? NFT_MSG_NEWSETELEM : NFT_MSG_DELSETELEM,
		op == NFT_OP_ADD ? NLM_F_CREATE : 0);
	nftmsg_text(w->out, NFTA_SET_ELEM_LIST_TABLE, w->table);
	nftmsg_text(w->out, NFTA_SET_ELEM_LIST_SET, set);
	w->list = nftmsg_nest(w->out, NFTA_SET_ELEM_LIST_ELEMENTS);
}

void nft_elems_end(struct nft *w)
{
	nftmsg_nest_end(w->out, w->list);
	end(w);
}

static void put_elem_data(struct nft *w, const struct nft_elem *el)
{
	if (el->chain)
		put_verdict(w->out, NFTA_SET_ELEM_DATA, NFT_GOTO, el->chain);
	else if (el->is_drop)
		put_verdict(w->out, NFTA_SET_ELEM_DATA, NF_DROP, NULL);
	else if (el->data)
		put_value(w->out, NFTA_SET_ELEM_DATA, el->data, el->data_len);
	if (el->comment.n)
		put_comment(w, NFTA_SET_ELEM_USERDATA, el->comment);
	if (el->timeout_ms)
		nftmsg_u64(w->out, NFTA_SET_ELEM_TIMEOUT, el->timeout_ms);
	if (el->expires_ms)
		nftmsg_u64(w->out, NFTA_SET_ELEM_EXPIRATION, el->expires_ms);
}

void nft_elems_put(struct nft *w, enum nft_op op, const char *set,
	const struct nft_elem *el)
{
	size_t at;

	if (w->out->n - w->list > NFTMSG_ATTR_MAX - ELEM_BYTES_MAX) {
		nft_elems_end(w);
		nft_elems_begin(w, op, set);
	}
	at = nftmsg_nest(w->out, NFTA_LIST_ELEM);
	put_value(w->out, NFTA_SET_ELEM_KEY, el->key, el->key_len);
	if (el->key_end)
		put_value(w->out, NFTA_SET_ELEM_KEY_END, el->key_end,
			el->key_len);
	if (op == NFT_OP_ADD)
		put_elem_data(w, el);
	nftmsg_nest_end(w->out, at);
}
