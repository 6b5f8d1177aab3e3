/*
 * nft_rule - writes a rule as a list of expressions: each is a name and a nest
 * of attributes, which expr() opens and expr_end() closes.
 */
#include "kube-proxy-mini/ruleset/nft_rule.h"

#include "kube-proxy-mini/ruleset/nftmsg.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>

#define ICMP_PORT_UNREACH  3  /* RFC 792 */
#define ICMP6_PORT_UNREACH 4  /* RFC 4443 3.1 */
#define MASK_BYTES_MAX     16 /* an IPv6 address */

static uint32_t reg(uint32_t word)
{
	return NFT_REG32_00 + word;
}

void nft_rule_begin(struct nft *w, const char *chain)
{
	nft_begin(w, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
	nftmsg_text(w->out, NFTA_RULE_TABLE, w->table);
	nftmsg_text(w->out, NFTA_RULE_CHAIN, chain);
	w->list = nftmsg_nest(w->out, NFTA_RULE_EXPRESSIONS);
}

void nft_rule_end(struct nft *w, const char *comment)
{
	nftmsg_nest_end(w->out, w->list);
	if (comment)
		nft_put_comment(w, NFTA_RULE_USERDATA, str_of(comment));
	nft_end(w);
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
	static const char zero[MASK_BYTES_MAX];
	struct buf *b = expr(w, "bitwise");

	nftmsg_u32(b, NFTA_BITWISE_SREG, reg(word));
	nftmsg_u32(b, NFTA_BITWISE_DREG, reg(word));
	nftmsg_u32(b, NFTA_BITWISE_LEN, (uint32_t)n);
	nft_put_value(w, NFTA_BITWISE_MASK, mask, n);
	nft_put_value(w, NFTA_BITWISE_XOR, zero, n);
	expr_end(w);
}

void nft_test(struct nft *w, bool is_equal, uint32_t word, const void *bytes,
	size_t n)
{
	struct buf *b = expr(w, "cmp");

	nftmsg_u32(b, NFTA_CMP_SREG, reg(word));
	nftmsg_u32(b, NFTA_CMP_OP, is_equal ? NFT_CMP_EQ : NFT_CMP_NEQ);
	nft_put_value(w, NFTA_CMP_DATA, bytes, n);
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
	nft_put_verdict(w, NFTA_IMMEDIATE_DATA, code, chain);
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
