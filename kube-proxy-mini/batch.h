/*
 * batch - one transaction being written: a head for tables and chains, and a
 * stream of messages for each operation on each set, so that elements of one
 * set share messages however they arrive.
 *
 * The number of a message tells its stream and its place there; the kernel
 * returns it with a refusal, and batch_find() says which element was meant.
 */
#ifndef KEELSON_PROXY_BATCH_H
#define KEELSON_PROXY_BATCH_H

#include "kube-proxy-mini/elem.h"
#include "kube-proxy-mini/netlink.h"

#define BATCH_OPS       2
#define BATCH_STREAMS   (BATCH_OPS * MODEL_FAMILIES * RULESET_SETS)
#define BATCH_PARTS_MAX (BATCH_STREAMS + 2)

struct batch_stream {
	struct buf bytes;
	struct nft w;
	bool is_open; /* a message of elements is not yet closed */
};

struct batch {
	const char *table;
	struct buf head, tail;
	struct nft heads[MODEL_FAMILIES]; /* writers for tables and chains */
	struct batch_stream streams[BATCH_STREAMS];
	size_t operations; /* elements put so far */
	size_t bytes;      /* of all messages, once finished */
};

void batch_make(struct batch *b, const char *table);
void batch_free(struct batch *b);

/* Empty again; memory beyond what small changes need is given back. */
void batch_reset(struct batch *b);

/* Add or delete an element. */
void batch_put(struct batch *b, enum nft_op op, const struct elem *el,
	struct str comment);

/* Add an element of a set that has no form in elem.h. */
void batch_put_raw(struct batch *b, enum model_family family,
	enum ruleset_set set, const struct nft_elem *el);

/*
 * Close everything and list the parts to send, in order.  -1 when a buffer
 * was full.  *last_seq is the number of the message that asks for an answer.
 */
int batch_finish(struct batch *b, struct str parts[BATCH_PARTS_MAX],
	size_t *n_parts, uint32_t *last_seq, struct err *e);

/* Close everything and send it: 0, or -1 as netlink_transact() has it. */
int batch_send(struct batch *b, int fd, struct netlink_refusal *refusal,
	struct err *e);

/*
 * What the message seq was about: 1 with *op and *el when it was an element,
 * 0 when it was a table, set, chain or rule.
 */
int batch_find(const struct batch *b, uint32_t seq, uint32_t offset,
	enum nft_op *op, struct elem *el);

#endif
