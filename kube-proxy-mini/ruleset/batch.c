/*
 * batch - gathers the messages of one transaction in one buffer for each
 * operation on each set.
 *
 * The sequence number of a message holds its stream plus one in bits 24 and
 * up (0: the head), and the message's number within the stream below.
 */
#include "kube-proxy-mini/ruleset/batch.h"

#include "kube-proxy-mini/ruleset/elem_decode.h"
#include "kube-proxy-mini/ruleset/nftmsg.h"

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <string.h>

#define HEAD_MAX   ((size_t)64 << 20)
#define STREAM_MAX ((size_t)256 << 20)
#define KEEP_BYTES ((size_t)64 << 10) /* a larger buffer is freed */
#define SEQ_SHIFT  24
#define HEAD_SPLIT 0x800000u /* the head's numbers of the second family */
#define TAIL_SEQ   0xffffffu

static size_t stream_index(enum nft_op op, uint8_t family, uint8_t set)
{
	return ((size_t)op * MODEL_FAMILIES + family) * RULESET_SETS + set;
}

static enum nft_op stream_op(size_t i)
{
	return (enum nft_op)(i / (MODEL_FAMILIES * RULESET_SETS));
}

static enum model_family stream_family(size_t i)
{
	return (enum model_family)(i / RULESET_SETS % MODEL_FAMILIES);
}

static enum ruleset_set stream_set(size_t i)
{
	return (enum ruleset_set)(i % RULESET_SETS);
}

static void start_streams(struct batch *b)
{
	b->operations = 0;
	nftmsg_batch_begin(&b->head, 0);
	for (int f = 0; f < MODEL_FAMILIES; f++)
		b->heads[f] = ruleset_writer(&b->head, (enum model_family)f,
			b->table, f ? HEAD_SPLIT : 1);
	for (size_t i = 0; i < BATCH_STREAMS; i++) {
		struct batch_stream *s = &b->streams[i];

		s->w = ruleset_writer(&s->bytes, stream_family(i), b->table,
			(uint32_t)(i + 1) << SEQ_SHIFT);
		s->is_open = false;
	}
}

void batch_make(struct batch *b, const char *table)
{
	*b = (struct batch){.table = table};
	b->head = buf_growing(HEAD_MAX);
	b->tail = buf_growing(HEAD_MAX);
	for (size_t i = 0; i < BATCH_STREAMS; i++)
		b->streams[i].bytes = buf_growing(STREAM_MAX);
	start_streams(b);
}

static void empty(struct buf *b, size_t max)
{
	buf_reset(b);
	if (b->cap <= KEEP_BYTES)
		return;
	buf_free(b);
	*b = buf_growing(max);
}

void batch_reset(struct batch *b)
{
	empty(&b->head, HEAD_MAX);
	empty(&b->tail, HEAD_MAX);
	for (size_t i = 0; i < BATCH_STREAMS; i++)
		empty(&b->streams[i].bytes, STREAM_MAX);
	start_streams(b);
}

void batch_free(struct batch *b)
{
	buf_free(&b->head);
	buf_free(&b->tail);
	for (size_t i = 0; i < BATCH_STREAMS; i++)
		buf_free(&b->streams[i].bytes);
}

static void put_elem(struct batch *b, enum nft_op op, enum model_family family,
	enum ruleset_set set, const struct nft_elem *el)
{
	struct batch_stream *s =
		&b->streams[stream_index(op, (uint8_t)family, (uint8_t)set)];
	const char *name = ruleset_set(family, set)->name;

	if (!s->is_open)
		nft_elems_begin(&s->w, op, name);
	s->is_open = true;
	nft_elems_put(&s->w, op, name, el);
	b->operations++;
}

void batch_put(struct batch *b, enum nft_op op, const struct elem *el,
	struct str comment)
{
	struct elem_bytes bytes;

	elem_encode(el, &bytes);
	put_elem(b, op, (enum model_family)el->family,
		(enum ruleset_set)el->set,
		&(struct nft_elem){
			.key = bytes.key,
			.key_len = bytes.key_len,
			.key_end = bytes.is_interval ? bytes.key_end : NULL,
			.data = bytes.data_len ? bytes.data : NULL,
			.data_len = bytes.data_len,
			.comment = comment,
		});
}

void batch_put_raw(struct batch *b, enum model_family family,
	enum ruleset_set set, const struct nft_elem *el)
{
	put_elem(b, NFT_OP_ADD, family, set, el);
}

/* Request an answer to the message that begins at `at`; its number. */
static uint32_t ask_answer(struct buf *b, size_t at)
{
	struct nlmsghdr h;

	memcpy(&h, b->p + at, sizeof(h));
	h.nlmsg_flags |= NLM_F_ACK;
	memcpy(b->p + at, &h, sizeof(h));
	return h.nlmsg_seq;
}

/* Where the last message of the head begins. */
static size_t head_last(const struct batch *b)
{
	size_t a = b->heads[MODEL_V4].msg, z = b->heads[MODEL_V6].msg;

	return a > z ? a : z;
}

int batch_finish(struct batch *b, struct batch_parts *out, struct err *e)
{
	struct batch_stream *last = NULL;

	out->n = 0;
	nftmsg_batch_end(&b->tail, TAIL_SEQ);
	if (b->head.full || b->tail.full)
		return err_kind(e, ERR_LIMIT, "transaction too large");
	out->part[out->n++] = buf_view(&b->head);
	for (size_t i = 0; i < BATCH_STREAMS; i++) {
		struct batch_stream *s = &b->streams[i];

		if (!s->is_open)
			continue;
		nft_elems_end(&s->w);
		s->is_open = false;
		if (s->bytes.full)
			return err_kind(e, ERR_LIMIT, "transaction too large");
		out->part[out->n++] = buf_view(&s->bytes);
		last = s;
	}
	out->last_seq = last ? ask_answer(&last->bytes, last->w.msg)
			     : ask_answer(&b->head, head_last(b));
	out->part[out->n++] = buf_view(&b->tail);
	b->bytes = 0;
	for (size_t i = 0; i < out->n; i++)
		b->bytes += out->part[i].n;
	return 0;
}

static struct str find_message(struct str bytes, uint32_t seq)
{
	struct nlmsghdr h;

	while (bytes.n >= sizeof(h)) {
		memcpy(&h, bytes.p, sizeof(h));
		if (h.nlmsg_seq == seq)
			return str_sub(bytes, 0, h.nlmsg_len);
		bytes = str_sub(bytes, h.nlmsg_len, bytes.n);
	}
	return (struct str){NULL, 0};
}

/* The element that holds byte `offset` of the message, else the first. */
static struct str find_element(struct str message, uint32_t offset)
{
	struct str attrs = str_sub(message,
		sizeof(struct nlmsghdr) + sizeof(struct nfgenmsg), message.n);
	struct str list = nftmsg_find(attrs, NFTA_SET_ELEM_LIST_ELEMENTS);
	struct str one, found = {NULL, 0};
	uint16_t type;

	while (nftmsg_next(&list, &type, &one)) {
		if (!found.p || one.p - message.p <= (ptrdiff_t)offset)
			found = one;
	}
	return found;
}

int batch_find(const struct batch *b, uint32_t seq, uint32_t offset,
	enum nft_op *op, struct elem *el)
{
	size_t i = seq >> SEQ_SHIFT;
	struct str one;

	if (!i || i > BATCH_STREAMS)
		return 0;
	i--;
	one = find_element(
		find_message(buf_view(&b->streams[i].bytes), seq), offset);
	*op = stream_op(i);
	return elem_decode(stream_family(i), stream_set(i), elem_view_of(one),
		       el) == 0;
}
