/*
 * age_payload - seal or open chunk after chunk, counting them in the nonce.
 *
 * The last chunk is marked in its nonce, and only the end of the stream shows
 * which one is the last, so a full chunk waits until another byte arrives.
 */
#include "lib/arc/age_payload.h"

#include <string.h>

#define COUNTER_BYTES 11 /* in a chunk's nonce; the last byte marks the end */

uint64_t age_payload_bytes(uint64_t plain_bytes)
{
	uint64_t chunks = plain_bytes / AGE_CHUNK_BYTES +
			  (plain_bytes % AGE_CHUNK_BYTES || !plain_bytes);

	return plain_bytes + chunks * SEAL_TAG_BYTES;
}

int age_payload_begin(struct age_payload *p, const unsigned char *file_key,
	const unsigned char *nonce, struct err *e)
{
	struct str key = {(const char *)file_key, AGE_FILE_KEY_BYTES};
	struct str salt = {(const char *)nonce, AGE_NONCE_BYTES};

	return seal_hkdf(key, salt, STR("payload"), p->key, e);
}

/* Increment, big-endian; 2^88 chunks are never reached. */
static void count_chunk(struct age_payload *p)
{
	for (int i = COUNTER_BYTES - 1; i >= 0 && ++p->counter[i] == 0; i--)
		continue;
}

static struct str held_view(const struct age_payload *p)
{
	return (struct str){(const char *)p->in, p->n};
}

static int chunk_seal(struct age_payload *p, bool is_last, struct err *e)
{
	p->counter[COUNTER_BYTES] = is_last;
	if (seal_close(p->key, p->counter, held_view(p), p->out, e) < 0)
		return -1;
	if (sink_put(p->to, p->out, p->n + SEAL_TAG_BYTES, e) < 0)
		return -1;
	count_chunk(p);
	p->n = 0;
	p->has_chunks = true;
	return 0;
}

static int chunk_open(struct age_payload *p, bool is_last, struct err *e)
{
	p->counter[COUNTER_BYTES] = is_last;
	if (seal_open(p->key, p->counter, held_view(p), p->out, e) < 0)
		return -1;
	/* only an empty file may end with an empty chunk */
	if (p->n == SEAL_TAG_BYTES && p->has_chunks)
		return err_kind(e, ERR_INPUT, "age: empty chunk at the end");
	if (sink_put(p->to, p->out, p->n - SEAL_TAG_BYTES, e) < 0)
		return -1;
	count_chunk(p);
	p->n = 0;
	p->has_chunks = true;
	return 0;
}

static int chunk_pass(struct age_payload *p, bool is_last, struct err *e)
{
	return p->is_sealing ? chunk_seal(p, is_last, e)
			     : chunk_open(p, is_last, e);
}

int age_payload_put(
	struct age_payload *p, const void *bytes, size_t n, struct err *e)
{
	size_t full = p->is_sealing ? AGE_CHUNK_BYTES : AGE_SEALED_BYTES;
	const unsigned char *from = bytes;

	while (n) {
		size_t part;

		if (p->n == full && chunk_pass(p, false, e) < 0)
			return -1;
		part = full - p->n < n ? full - p->n : n;
		memcpy(p->in + p->n, from, part);
		p->n += part;
		from += part;
		n -= part;
	}
	return 0;
}

int age_payload_end(struct age_payload *p, struct err *e)
{
	return chunk_pass(p, true, e);
}
