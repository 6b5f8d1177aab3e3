/*
 * nft_elem - writes elements into the list of the open message.
 *
 * The list is one attribute and so limited to 64 KiB: when the longest
 * element might no longer fit, the message is closed and the next one opened.
 */
#include "kube-proxy-mini/ruleset/nft_elem.h"

#include "kube-proxy-mini/ruleset/nftmsg.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>

#define ELEM_BYTES_MAX 512 /* more than the longest element takes */

void nft_elems_begin(struct nft *w, enum nft_op op, const char *set)
{
	nft_begin(w, op == NFT_OP_ADD ? NFT_MSG_NEWSETELEM : NFT_MSG_DELSETELEM,
		op == NFT_OP_ADD ? NLM_F_CREATE : 0);
	nftmsg_text(w->out, NFTA_SET_ELEM_LIST_TABLE, w->table);
	nftmsg_text(w->out, NFTA_SET_ELEM_LIST_SET, set);
	w->list = nftmsg_nest(w->out, NFTA_SET_ELEM_LIST_ELEMENTS);
}

void nft_elems_end(struct nft *w)
{
	nftmsg_nest_end(w->out, w->list);
	nft_end(w);
}

static void put_elem_data(struct nft *w, const struct nft_elem *el)
{
	if (el->chain)
		nft_put_verdict(w, NFTA_SET_ELEM_DATA, NFT_GOTO, el->chain);
	else if (el->is_drop)
		nft_put_verdict(w, NFTA_SET_ELEM_DATA, NF_DROP, NULL);
	else if (el->data)
		nft_put_value(w, NFTA_SET_ELEM_DATA, el->data, el->data_len);
	if (el->comment.n)
		nft_put_comment(w, NFTA_SET_ELEM_USERDATA, el->comment);
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
	nft_put_value(w, NFTA_SET_ELEM_KEY, el->key, el->key_len);
	if (el->key_end)
		nft_put_value(
			w, NFTA_SET_ELEM_KEY_END, el->key_end, el->key_len);
	if (op == NFT_OP_ADD)
		put_elem_data(w, el);
	nftmsg_nest_end(w->out, at);
}
