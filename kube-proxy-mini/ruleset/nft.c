/*
 * nft - opens and closes messages, and writes tables and chains.
 *
 * A message's length is filled in when it is closed; its place is in the
 * writer.  Sequence numbers count up, so that a refusal can be traced to its
 * message.
 */
#include "kube-proxy-mini/ruleset/nft.h"

#include "kube-proxy-mini/ruleset/nftmsg.h"
#include "kube-proxy-mini/ruleset/udata.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>

void nft_begin(struct nft *w, uint16_t type, uint16_t flags)
{
	w->msg = nftmsg_begin(
		w->out, (struct nftmsg){type, flags, w->family, w->seq++});
}

void nft_end(struct nft *w)
{
	nftmsg_end(w->out, w->msg);
}

void nft_put_comment(struct nft *w, uint16_t attr, struct str text)
{
	char u[UDATA_HEAD_BYTES + NFT_COMMENT_BYTES];

	if (text.n > NFT_COMMENT_BYTES - 1)
		text.n = NFT_COMMENT_BYTES - 1;
	nftmsg_put(
		w->out, attr, u, udata_text(u, UDATA_COMMENT, text.p, text.n));
}

void nft_put_value(struct nft *w, uint16_t attr, const void *bytes, size_t n)
{
	size_t at = nftmsg_nest(w->out, attr);

	nftmsg_put(w->out, NFTA_DATA_VALUE, bytes, n);
	nftmsg_nest_end(w->out, at);
}

void nft_put_verdict(
	struct nft *w, uint16_t attr, int32_t code, const char *chain)
{
	struct buf *b = w->out;
	size_t at = nftmsg_nest(b, attr);
	size_t verdict = nftmsg_nest(b, NFTA_DATA_VERDICT);

	nftmsg_u32(b, NFTA_VERDICT_CODE, (uint32_t)code);
	if (chain)
		nftmsg_text(b, NFTA_VERDICT_CHAIN, chain);
	nftmsg_nest_end(b, verdict);
	nftmsg_nest_end(b, at);
}

void nft_table_add(struct nft *w, const char *comment)
{
	nft_begin(w, NFT_MSG_NEWTABLE, NLM_F_CREATE);
	nftmsg_text(w->out, NFTA_TABLE_NAME, w->table);
	nftmsg_u32(w->out, NFTA_TABLE_FLAGS, 0);
	if (comment)
		nft_put_comment(w, NFTA_TABLE_USERDATA, str_of(comment));
	nft_end(w);
}

void nft_table_delete(struct nft *w)
{
	nft_begin(w, NFT_MSG_DELTABLE, 0);
	nftmsg_text(w->out, NFTA_TABLE_NAME, w->table);
	nft_end(w);
}

void nft_chain_add(struct nft *w, const char *name, const struct nft_hook *hook)
{
	size_t at;

	nft_begin(w, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
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
	nft_end(w);
}
