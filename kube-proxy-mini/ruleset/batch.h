/*
 * batch - a transaction that is being written: a head for tables and chains,
 * and a stream of messages for each operation on each set, so that elements of
 * one set share messages in whatever order they arrive.
 *
 * A message's sequence number encodes its stream and its place there.  The
 * kernel returns the number with a refusal, and batch_find() finds the element
 * that it refused.
 */
#ifndef KEELSON_PROXY_BATCH_H
#define KEELSON_PROXY_BATCH_H

#include "kube-proxy-mini/ruleset/elem.h"
#include "kube-proxy-mini/ruleset/nft_elem.h"
#include "lib/base/err.h"

#define BATCH_OPS       2
#define BATCH_STREAMS   (BATCH_OPS * MODEL_FAMILIES * RULESET_SETS)
#define BATCH_PARTS_MAX (BATCH_STREAMS + 2)

struct batch_stream {
	struct buf bytes;
	struct nft w;
	bool is_open; /* has a message of elements that is not closed */
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

/* Empty it; memory beyond what small changes need is freed. */
void batch_reset(struct batch *b);

/* Add or delete an element. */
void batch_put(struct batch *b, enum nft_op op, const struct elem *el,
	struct str comment);

/* Add an element of a set that elem.h cannot encode. */
void batch_put_raw(struct batch *b, enum model_family family,
	enum ruleset_set set, const struct nft_elem *el);

/* A finished batch, to be sent as one datagram; parts are the batch's. */
struct batch_parts {
	struct str part[BATCH_PARTS_MAX];
	size_t n;
	uint32_t last_seq; /* of the message that asks for an answer */
};

/* Close all streams and list the parts in order.  -1: a buffer was full. */
int batch_finish(struct batch *b, struct batch_parts *out, struct err *e);

/*
 * The element that message seq has at byte `offset`: 1 with *op and *el; 0
 * when the message is about a table, set, chain or rule.
 */
int batch_find(const struct batch *b, uint32_t seq, uint32_t offset,
	enum nft_op *op, struct elem *el);

#endif
