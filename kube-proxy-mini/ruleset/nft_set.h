/*
 * nft_set - sets and maps of nf_tables, and the types of their fields.
 */
#ifndef KEELSON_PROXY_NFT_SET_H
#define KEELSON_PROXY_NFT_SET_H

#include "kube-proxy-mini/ruleset/nft.h"

/* The nft tool's numbers of data types; it prints elements by them. */
enum nft_type {
	NFT_TYPE_IPV4 = 7,
	NFT_TYPE_IPV6 = 8,
	NFT_TYPE_PROTO = 12,
	NFT_TYPE_PORT = 13,
	NFT_TYPE_MARK = 19, /* a word in host order, printed in hex */
};

#define NFT_FIELDS_MAX 5
#define NFT_KEY_BYTES  44 /* the longest key of a set */
#define NFT_DATA_BYTES 20 /* the longest data of a map */

struct nft_set {
	const char *name, *comment;
	uint32_t flags;  /* NFT_SET_*; NFT_SET_MAP when data is not empty */
	bool is_verdict; /* maps to verdicts */
	uint8_t key[NFT_FIELDS_MAX + 1]; /* enum nft_type, ended by 0 */
	uint8_t value[NFT_FIELDS_MAX + 1];
};

/* Bytes of a list of types, each padded to whole words. */
size_t nft_types_bytes(const uint8_t *types);

/* size: how many elements it may hold, 0: no limit is set. */
void nft_set_add(struct nft *w, const struct nft_set *s, uint32_t size);

#endif
