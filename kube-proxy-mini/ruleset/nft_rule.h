/*
 * nft_rule - rules of nf_tables and the expressions in them.
 *
 * `word` is the register that a value goes to or comes from, counted in words
 * of 32 bits from 0 to 15 (NFT_REG32_00 + word); longer values take the next
 * words too.  The kernel keeps no register from one rule to the next (since
 * Linux 6.4 it refuses a rule that reads what it did not write), so each rule
 * loads what it needs.
 */
#ifndef KEELSON_PROXY_NFT_RULE_H
#define KEELSON_PROXY_NFT_RULE_H

#include "kube-proxy-mini/ruleset/nft.h"

/* A rule: begin, expressions, end with a comment or NULL. */
void nft_rule_begin(struct nft *w, const char *chain);
void nft_rule_end(struct nft *w, const char *comment);

/* Bytes of the packet. */
struct nft_payload {
	uint32_t base, offset, len; /* base: NFT_PAYLOAD_* */
};
void nft_load_payload(struct nft *w, struct nft_payload p, uint32_t word);

/* Keys are NFT_META_* and NFT_CT_*; the original direction opened the flow. */
void nft_load_meta(struct nft *w, uint32_t key, uint32_t word);
void nft_load_ct(struct nft *w, uint32_t key, uint32_t word);
void nft_load_ct_original(struct nft *w, uint32_t key, uint32_t word);

/* A random number below modulus. */
void nft_load_random(struct nft *w, uint32_t modulus, uint32_t word);

/* RTN_* of the source address. */
void nft_load_source_type(struct nft *w, uint32_t word);

/* word &= mask */
void nft_mask(struct nft *w, uint32_t word, const void *mask, size_t n);

/* Go on only if the word equals the bytes, or differs from them. */
void nft_test(struct nft *w, bool is_equal, uint32_t word, const void *bytes,
	size_t n);

/* Go on only if the key is in the set, or (inverted) is not. */
void nft_test_set(struct nft *w, const char *set, uint32_t word, bool inverted);

/* Go on only if the map has the key; its data goes to `to`. */
void nft_map(struct nft *w, const char *map, uint32_t from, uint32_t to);
void nft_map_verdict(struct nft *w, const char *map, uint32_t from);

/* NF_ACCEPT, NF_DROP, or NFT_JUMP and NFT_GOTO with a chain. */
void nft_verdict(struct nft *w, int32_t code, const char *chain);
void nft_reject(struct nft *w);

/* Translate the destination to the address and port in these words. */
void nft_dnat(struct nft *w, uint32_t addr, uint32_t port);

/* is_random: with fully random source ports. */
void nft_masquerade(struct nft *w, bool is_random);

/* Change a dynamic map from its key and data words; op: NFT_DYNSET_OP_*. */
struct nft_dynset {
	const char *map;
	uint32_t op, key, data;
	uint64_t timeout_ms; /* 0: none */
};
void nft_dynset(struct nft *w, struct nft_dynset d);

#endif
