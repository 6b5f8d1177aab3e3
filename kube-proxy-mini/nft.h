/*
 * nft - nf_tables objects and expressions as messages.
 *
 * A writer appends messages for one table to a buffer.  Everything is named
 * as in the kernel's own words; this file knows nothing of Services.
 * Registers are counted in 32-bit words from 0 to 15 (NFT_REG32_00 + word).
 *
 * The kernel forgets registers from one rule to the next (since 6.4 it
 * refuses rules that read what they did not write), so each rule loads what
 * it needs.
 */
#ifndef KEELSON_PROXY_NFT_H
#define KEELSON_PROXY_NFT_H

#include "lib/base/buf.h"

#define NFT_WORDS         16
#define NFT_COMMENT_BYTES 128 /* of a rule, set or element; longer ones cut */
#define NFT_KEY_BYTES     44  /* the longest key of a set */
#define NFT_DATA_BYTES    20

struct nft {
	struct buf *out;
	const char *table;
	uint8_t family;               /* NFPROTO_IPV4 or NFPROTO_IPV6 */
	uint32_t seq;                 /* of the next message; counts up */
	size_t msg, list, item, data; /* places of what is open */
};

/* nft's numbers of data types, for people who list the table. */
enum nft_type {
	NFT_TYPE_IPV4 = 7,
	NFT_TYPE_IPV6 = 8,
	NFT_TYPE_PROTO = 12,
	NFT_TYPE_PORT = 13,
	NFT_TYPE_MARK = 19, /* a word in host order, printed in hex */
};

#define NFT_FIELDS_MAX 5

struct nft_set {
	const char *name, *comment;
	uint32_t flags;  /* NFT_SET_*; NFT_SET_MAP when data is not empty */
	bool is_verdict; /* maps to verdicts */
	uint8_t key[NFT_FIELDS_MAX + 1]; /* enum nft_type, ended by 0 */
	uint8_t value[NFT_FIELDS_MAX + 1];
};

/* Bytes of a list of types, each padded to whole words. */
size_t nft_types_bytes(const uint8_t *types);

struct nft_hook {
	const char *type; /* "nat", "filter" */
	uint32_t hook;    /* NF_INET_* */
	int32_t priority;
};

/* Tables, chains, sets. */
void nft_table_add(struct nft *w, const char *comment);
void nft_table_delete(struct nft *w);
void nft_chain_add(
	struct nft *w, const char *name, const struct nft_hook *hook);
/* size: how many elements it may hold, 0: not said. */
void nft_set_add(struct nft *w, const struct nft_set *s, uint32_t size);

/* A rule: begin, expressions, end with a comment or NULL. */
void nft_rule_begin(struct nft *w, const char *chain);
void nft_rule_end(struct nft *w, const char *comment);

/* Expressions; `word` is where a value goes, or comes from. */
struct nft_payload {
	uint32_t base, offset, len; /* base: NFT_PAYLOAD_* */
};
void nft_load_payload(struct nft *w, struct nft_payload p, uint32_t word);
void nft_load_meta(struct nft *w, uint32_t key, uint32_t word);
void nft_load_ct(struct nft *w, uint32_t key, uint32_t word);
/* Of the direction that opened the connection. */
void nft_load_ct_original(struct nft *w, uint32_t key, uint32_t word);
void nft_load_random(struct nft *w, uint32_t modulus, uint32_t word);
/* RTN_* of the source address. */
void nft_load_source_type(struct nft *w, uint32_t word);
void nft_mask(struct nft *w, uint32_t word, const void *mask, size_t n);
void nft_test(struct nft *w, bool is_equal, uint32_t word, const void *bytes,
	size_t n);
/* In the set, or (inverted) not in it. */
void nft_test_set(struct nft *w, const char *set, uint32_t word, bool inverted);
void nft_map(struct nft *w, const char *map, uint32_t from, uint32_t to);
void nft_map_verdict(struct nft *w, const char *map, uint32_t from);
/* NF_ACCEPT, NF_DROP, or NFT_JUMP and NFT_GOTO with a chain. */
void nft_verdict(struct nft *w, int32_t code, const char *chain);
void nft_reject(struct nft *w);
void nft_dnat(struct nft *w, uint32_t addr, uint32_t port);
void nft_masquerade(struct nft *w, bool is_random);
/* Change a dynamic map from its key and data words; op: NFT_DYNSET_OP_*. */
struct nft_dynset {
	const char *map;
	uint32_t op, key, data;
	uint64_t timeout_ms;
};
void nft_dynset(struct nft *w, struct nft_dynset d);

/*
 * Elements: many to a message.  begin, then each element; a message that is
 * full is closed and another begun.
 */
struct nft_elem {
	const void *key, *key_end; /* key_end: of an interval, or NULL */
	size_t key_len;
	const void *data; /* or NULL */
	size_t data_len;
	const char *chain; /* goto this, when it maps to verdicts; or NULL */
	bool is_drop;      /* maps to drop */
	struct str comment;
	uint64_t timeout_ms, expires_ms; /* 0: none */
};
enum nft_op { NFT_OP_DELETE, NFT_OP_ADD };
void nft_elems_begin(struct nft *w, enum nft_op op, const char *set);
void nft_elems_put(struct nft *w, enum nft_op op, const char *set,
	const struct nft_elem *el);
void nft_elems_end(struct nft *w);

#endif
