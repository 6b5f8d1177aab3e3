/*
 * nft_set - describes a set to the kernel by lengths and, for the nft tool, by
 * types.
 *
 * A key of several fields is one string of bytes to the kernel, except in a
 * set with NFT_SET_CONCAT (since Linux 5.6), which needs each field's length.
 */
#include "kube-proxy-mini/ruleset/nft_set.h"

#include "kube-proxy-mini/ruleset/nftmsg.h"
#include "kube-proxy-mini/ruleset/udata.h"

#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>
#include <string.h>

#define TYPE_BITS 6 /* of each type in a concatenation's number */

static size_t type_bytes(uint8_t type)
{
	return type == NFT_TYPE_IPV6 ? 16 : 4;
}

/* The bytes of a field without its padding. */
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
		v = v << TYPE_BITS | *types;
	return v;
}

static void put_set_desc(struct nft *w, const struct nft_set *s, uint32_t size)
{
	size_t at = nftmsg_nest(w->out, NFTA_SET_DESC), list, field;

	if (size)
		nftmsg_u32(w->out, NFTA_SET_DESC_SIZE, size);
	if (s->flags & NFT_SET_CONCAT) {
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
	char u[2 * UDATA_U32_BYTES + UDATA_HEAD_BYTES + NFT_COMMENT_BYTES];
	size_t n = udata_u32(u, UDATA_SET_KEY_ORDER, types_order(s->key));

	if (s->value[0])
		n += udata_u32(
			u + n, UDATA_SET_DATA_ORDER, types_order(s->value));
	n += udata_text(u + n, UDATA_SET_COMMENT, s->comment,
		strnlen(s->comment, NFT_COMMENT_BYTES - 1));
	nftmsg_put(w->out, NFTA_SET_USERDATA, u, n);
}

void nft_set_add(struct nft *w, const struct nft_set *s, uint32_t size)
{
	nft_begin(w, NFT_MSG_NEWSET, NLM_F_CREATE);
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
	if (size || s->flags & NFT_SET_CONCAT)
		put_set_desc(w, s, size);
	put_set_userdata(w, s);
	nft_end(w);
}
