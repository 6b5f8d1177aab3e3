/*
 * nft - a writer of nf_tables messages, and the messages for tables and
 * chains.
 *
 * A writer appends messages for one table to a buffer.  The nft_* files use
 * the kernel's terms and know nothing of Services; numbers and layouts are
 * those of linux/netfilter/nf_tables.h.
 */
#ifndef KEELSON_PROXY_NFT_H
#define KEELSON_PROXY_NFT_H

#include "lib/base/buf.h"

#define NFT_COMMENT_BYTES 128 /* of a rule, set or element; longer ones cut */

struct nft {
	struct buf *out;
	const char *table;
	uint8_t family;               /* NFPROTO_IPV4 or NFPROTO_IPV6 */
	uint32_t seq;                 /* of the next message; counts up */
	size_t msg, list, item, data; /* where the open ones begin in out */
};

void nft_table_add(struct nft *w, const char *comment);
void nft_table_delete(struct nft *w);

struct nft_hook {
	const char *type; /* "nat", "filter" */
	uint32_t hook;    /* NF_INET_* */
	int32_t priority;
};

/* hook: NULL for a chain that rules jump to. */
void nft_chain_add(
	struct nft *w, const char *name, const struct nft_hook *hook);

/* For the nft_* files: open and close a message (type: NFT_MSG_*). */
void nft_begin(struct nft *w, uint16_t type, uint16_t flags);
void nft_end(struct nft *w);

/* For them too: attributes that rules, sets and elements share. */
void nft_put_comment(struct nft *w, uint16_t attr, struct str text);
void nft_put_value(struct nft *w, uint16_t attr, const void *bytes, size_t n);
/* code: NF_ACCEPT, NF_DROP, or NFT_JUMP and NFT_GOTO with a chain. */
void nft_put_verdict(
	struct nft *w, uint16_t attr, int32_t code, const char *chain);

#endif
