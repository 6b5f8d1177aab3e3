/*
 * nftmsg - netlink messages and attributes into a buffer, as nf_tables wants
 * them: numbers in network order, attributes padded to four bytes.
 *
 * A length that does not fit its 16 bits sets the buffer's `full`, so one test
 * after writing a whole batch suffices.
 */
#ifndef KEELSON_PROXY_NFTMSG_H
#define KEELSON_PROXY_NFTMSG_H

#include "lib/base/buf.h"

#define NFTMSG_ATTR_MAX 65535 /* bytes of an attribute with its header */

struct nftmsg {
	uint16_t type;  /* NFT_MSG_* or NFNL_MSG_BATCH_* */
	uint16_t flags; /* NLM_F_* beyond NLM_F_REQUEST */
	uint8_t family; /* NFPROTO_* */
	uint32_t seq;   /* the kernel's answer repeats it */
};

/* Begin an nf_tables message; returns its place, for nftmsg_end(). */
size_t nftmsg_begin(struct buf *b, struct nftmsg m);
void nftmsg_end(struct buf *b, size_t at);

/* The messages that open and close a transaction. */
void nftmsg_batch_begin(struct buf *b, uint32_t seq);
void nftmsg_batch_end(struct buf *b, uint32_t seq);

void nftmsg_put(struct buf *b, uint16_t attr, const void *bytes, size_t n);
void nftmsg_u32(struct buf *b, uint16_t attr, uint32_t v);
void nftmsg_u64(struct buf *b, uint16_t attr, uint64_t v);
void nftmsg_text(struct buf *b, uint16_t attr, const char *text);

/* A nested attribute: everything between the two calls. */
size_t nftmsg_nest(struct buf *b, uint16_t attr);
void nftmsg_nest_end(struct buf *b, size_t at);

/*
 * The attribute of that type among the attributes in body; an empty view when
 * there is none or the bytes are malformed.
 */
struct str nftmsg_find(struct str attrs, uint16_t type);
/* A number in network order; 0 when there is no such attribute. */
uint32_t nftmsg_find_u32(struct str attrs, uint16_t type);
/* The next attribute of a list, or false. */
bool nftmsg_next(struct str *attrs, uint16_t *type, struct str *value);

#endif
