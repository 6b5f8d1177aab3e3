/*
 * flow_age - cut the stream into chunks and seal them (C2SP age.md, "Payload").
 *
 * The nonce marks the last chunk, and only the end of the stream tells which
 * one that is.  So a full chunk is sealed when the first byte after it
 * arrives, and the last one at the end.  A chunk with a hole is sealed when
 * the hole is filled.
 */
#include "checkpoint-agent/archive/flow_age.h"

#include "lib/arc/age_header.h"
#include "lib/base/buf.h"
#include "lib/base/unswapped.h"

#include <string.h>

#define STREAM_NONCE_BYTES 16
#define COUNTER_BYTES      11 /* big-endian, then the mark of the last one */
#define HEADER_MAX         65536

static struct flow_age *age_of(struct flow *f)
{
	return (struct flow_age *)f;
}

static void make_nonce(
	uint64_t number, bool is_last, unsigned char nonce[SEAL_NONCE_BYTES])
{
	memset(nonce, 0, SEAL_NONCE_BYTES);
	for (int i = 0; i < 8; i++)
		nonce[COUNTER_BYTES - 1 - i] =
			(unsigned char)(number >> (8 * i));
	nonce[COUNTER_BYTES] = is_last;
}

/* Runs in a worker thread, so it touches only the chunk and the key. */
static void seal_chunk(void *self, void *chunk, unsigned worker)
{
	const struct flow_age *a = self;
	struct flow_age_chunk *c = chunk;
	const struct str plain = {(const char *)c->bytes, c->n};
	unsigned char nonce[SEAL_NONCE_BYTES];

	(void)worker;
	make_nonce(c->number, c->is_last, nonce);
	c->has_failed = seal_close(a->key, nonce, plain, c->sealed, NULL) < 0;
}

static int write_chunk(void *self, void *chunk, struct err *e)
{
	struct flow_age *a = self;
	const struct flow_age_chunk *c = chunk;
	uint64_t at =
		a->payload_at + c->number * (FLOW_AGE_CHUNK + SEAL_TAG_BYTES);

	if (c->has_failed)
		return err_set(e, "encryption failed");
	return flow_file_write(
		a->file, c->sealed, c->n + SEAL_TAG_BYTES, at, e);
}

/* Does the open hole overlap this chunk? */
static bool has_hole(const struct flow_age *a, const struct flow_age_chunk *c)
{
	uint64_t from = c->number * FLOW_AGE_CHUNK;

	return a->hole_n && a->hole_at < from + FLOW_AGE_CHUNK &&
	       a->hole_at + a->hole_n > from;
}

/* Start chunk `number` in a slot of the workers. */
static int begin_chunk(struct flow_age *a, uint64_t number, struct err *e)
{
	a->now = workers_slot(a->workers, e);
	if (!a->now)
		return -1;
	a->now->number = number;
	a->now->is_last = false;
	a->now->n = 0;
	return 0;
}

/* The chunk is full and more bytes follow: seal it, or hold it for its hole. */
static int finish_chunk(struct flow_age *a, struct err *e)
{
	uint64_t number = a->now->number;

	if (!has_hole(a, a->now))
		workers_submit(a->workers);
	else if (a->held_count == FLOW_AGE_HELD)
		return err_set(e, "encryption: hole spans too many chunks");
	else
		a->held[a->held_count++] = *a->now;
	return begin_chunk(a, number + 1, e);
}

static int age_put(struct flow *f, const void *bytes, size_t n, struct err *e)
{
	struct flow_age *a = age_of(f);
	const unsigned char *p = bytes;

	while (n) {
		size_t part;

		if (a->now->n == FLOW_AGE_CHUNK && finish_chunk(a, e) < 0)
			return -1;
		part = FLOW_AGE_CHUNK - a->now->n;
		part = part < n ? part : n;
		memcpy(a->now->bytes + a->now->n, p, part);
		a->now->n += part;
		p += part;
		n -= part;
	}
	return 0;
}

static int age_hole(struct flow *f, size_t n, struct err *e)
{
	static const unsigned char zeros[FLOW_HOLE_BYTES];
	struct flow_age *a = age_of(f);

	a->hole_at = a->now->number * FLOW_AGE_CHUNK + a->now->n;
	a->hole_n = n;
	return age_put(f, zeros, n, e);
}

/* Copy the part of the hole that lies in this chunk. */
static void fill_chunk(const struct flow_age *a, struct flow_age_chunk *c,
	const unsigned char *bytes)
{
	uint64_t from = c->number * FLOW_AGE_CHUNK;

	for (size_t i = 0; i < a->hole_n; i++) {
		uint64_t at = a->hole_at + i;

		if (at >= from && at < from + FLOW_AGE_CHUNK)
			c->bytes[at - from] = bytes[i];
	}
}

static int age_fill(struct flow *f, const void *bytes, struct err *e)
{
	struct flow_age *a = age_of(f);

	for (size_t i = 0; i < a->held_count; i++) {
		fill_chunk(a, &a->held[i], bytes);
		seal_chunk(a, &a->held[i], 0);
		if (write_chunk(a, &a->held[i], e) < 0)
			return -1;
	}
	fill_chunk(a, a->now, bytes);
	a->held_count = 0;
	a->hole_n = 0;
	return 0;
}

static int age_flow_end(struct flow *f, struct err *e)
{
	struct flow_age *a = age_of(f);

	a->now->is_last = true;
	workers_submit(a->workers);
	if (workers_wait(a->workers, e) < 0)
		return -1;
	return flow_end(f->next, e);
}

static const struct flow_ops age_ops = {
	age_put, age_hole, age_fill, flow_take_by_reading, age_flow_end};

static int make_payload_key(struct flow_age *a, const unsigned char *file_key,
	const unsigned char *nonce, struct err *e)
{
	struct str key = {(const char *)file_key, AGE_FILE_KEY_BYTES};
	struct str salt = {(const char *)nonce, STREAM_NONCE_BYTES};

	return seal_hkdf(key, salt, STR("payload"), a->key, e);
}

static int write_header(struct flow_age *a, const struct age_key *recipients,
	size_t n, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(HEADER_MAX);
	unsigned char file_key[AGE_FILE_KEY_BYTES];
	unsigned char nonce[STREAM_NONCE_BYTES];
	int rc = -1;

	if (seal_random(file_key, sizeof(file_key), e) == 0 &&
		seal_random(nonce, sizeof(nonce), e) == 0 &&
		age_header_write(&b, recipients, n, file_key, e) == 0)
		rc = make_payload_key(a, file_key, nonce, e);
	explicit_bzero(file_key, sizeof(file_key));
	if (rc < 0)
		return -1;
	buf_put(&b, nonce, sizeof(nonce));
	if (b.full)
		return err_kind(e, ERR_LIMIT, "too many recipients");
	a->payload_at = b.n;
	return flow_file_write(a->file, b.p, b.n, 0, e);
}

int flow_age_start(struct flow_age *a, const struct age_key *recipients,
	size_t n, struct flow_file *file, struct err *e)
{
	const struct workers_plan plan = {
		.job_bytes = sizeof(struct flow_age_chunk),
		.work = seal_chunk,
		.done = write_chunk,
		.self = a,
	};

	memset(a, 0, sizeof(*a));
	unswapped_keep(a->key, sizeof(a->key));
	a->flow = (struct flow){&age_ops, &file->flow};
	a->file = file;
	a->workers = workers_open(&plan, e);
	if (!a->workers || begin_chunk(a, 0, e) < 0)
		return -1;
	return write_header(a, recipients, n, e);
}

void flow_age_free(struct flow_age *a)
{
	workers_close(&a->workers);
	explicit_bzero(a, sizeof(*a));
}
