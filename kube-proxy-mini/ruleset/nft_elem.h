/*
 * nft_elem - elements of sets and maps, many to a message.
 */
#ifndef KEELSON_PROXY_NFT_ELEM_H
#define KEELSON_PROXY_NFT_ELEM_H

#include "kube-proxy-mini/ruleset/nft.h"

enum nft_op { NFT_OP_DELETE, NFT_OP_ADD };

struct nft_elem {
	const void *key, *key_end; /* key_end: of an interval, or NULL */
	size_t key_len;
	const void *data; /* or NULL */
	size_t data_len;
	const char *chain; /* in a map to verdicts: goto this chain, or NULL */
	bool is_drop;      /* in a map to verdicts: drop */
	struct str comment;
	uint64_t timeout_ms, expires_ms; /* 0: none */
};

/*
 * begin, then put each element, then end.  A message that is full is closed
 * and another one begun, so op and set are named at each put.
 */
void nft_elems_begin(struct nft *w, enum nft_op op, const char *set);
void nft_elems_put(struct nft *w, enum nft_op op, const char *set,
	const struct nft_elem *el);
void nft_elems_end(struct nft *w);

#endif
