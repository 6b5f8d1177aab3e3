/*
 * flow_zip - cut the stream into blocks for the workers, and write stored
 * frames for holes.
 *
 * Before a hole everything that came so far is compressed and passed on, so
 * that the hole's place in the file is known.
 */
#include "checkpoint-agent/archive/flow_zip.h"

#include <stdlib.h>
#include <string.h>

/* Bytes of a frame beside its stored content. */
#define GZIP_STORE_BYTES (10 + 5 + 8)
#define ZSTD_STORE_BYTES (4 + 1 + 2 + 3)

static struct flow_zip *zip_of(struct flow *f)
{
	return (struct flow_zip *)f;
}

/* ---- stored bytes ------------------------------------------------------- */

static void put_little(struct buf *b, uint64_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_byte(b, (char)(unsigned char)(v >> (8 * i)));
}

/* RFC 1952 8, bit by bit, since holes are small. */
static uint32_t crc32_of(const unsigned char *p, size_t n)
{
	uint32_t crc = 0xffffffffu;

	for (size_t i = 0; i < n; i++) {
		crc ^= p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

/* RFC 1952 2.3 around one final stored block (RFC 1951 3.2.4). */
static void store_gzip(struct buf *b, const void *bytes, size_t n)
{
	buf_put(b, "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 10);
	buf_byte(b, 1);
	put_little(b, n, 2);
	put_little(b, ~(uint64_t)n, 2);
	buf_put(b, bytes, n);
	put_little(b, crc32_of(bytes, n), 4);
	put_little(b, n, 4);
}

/* RFC 8878 3.1.1: single segment, size in two bytes (less 256), raw block. */
static void store_zstd(struct buf *b, const void *bytes, size_t n)
{
	put_little(b, 0xfd2fb528u, 4);
	buf_byte(b, 0x60);
	put_little(b, n - 256, 2);
	put_little(b, (uint64_t)n << 3 | 1, 3);
	buf_put(b, bytes, n);
}

/* Pure: a frame that stores n bytes. */
static void store_frame(
	struct buf *b, enum press_kind kind, const void *bytes, size_t n)
{
	if (kind == PRESS_GZIP)
		store_gzip(b, bytes, n);
	else
		store_zstd(b, bytes, n);
}

static size_t frame_bytes(enum press_kind kind, size_t n)
{
	return n + (kind == PRESS_GZIP ? GZIP_STORE_BYTES : ZSTD_STORE_BYTES);
}

/* ---- the layer ---------------------------------------------------------- */

struct flow_zip_job {
	size_t n;
	size_t out_n;
	bool has_failed;
	struct err e;
	unsigned char in[FLOW_ZIP_BLOCK];
	unsigned char out[]; /* press_bound() */
};

/* Runs in a worker thread. */
static void press_job(void *self, void *job, unsigned worker)
{
	struct flow_zip *z = self;
	struct flow_zip_job *j = job;
	const struct str block = {(const char *)j->in, j->n};
	struct buf out =
		buf_fixed(j->out, press_bound(z->kind, FLOW_ZIP_BLOCK));

	j->has_failed = press_block(z->press[worker], block, &out, &j->e) < 0;
	j->out_n = out.n;
}

/* Runs in our thread; finished blocks come in their order. */
static int pass_on(void *self, void *job, struct err *e)
{
	struct flow_zip *z = self;
	struct flow_zip_job *j = job;

	if (j->has_failed)
		return err_kind(e, j->e.kind, "%s", j->e.text);
	return flow_put(z->flow.next, j->out, j->out_n, e);
}

static void submit_job(struct flow_zip *z)
{
	if (z->now && z->now->n)
		workers_submit(z->workers);
	z->now = NULL;
}

static int begin_job(struct flow_zip *z, struct err *e)
{
	z->now = workers_slot(z->workers, e);
	if (!z->now)
		return -1;
	z->now->n = 0;
	return 0;
}

static int zip_put(struct flow *f, const void *bytes, size_t n, struct err *e)
{
	struct flow_zip *z = zip_of(f);
	const unsigned char *p = bytes;

	while (n) {
		size_t part;

		if (!z->now && begin_job(z, e) < 0)
			return -1;
		part = FLOW_ZIP_BLOCK - z->now->n;
		part = part < n ? part : n;
		memcpy(z->now->in + z->now->n, p, part);
		z->now->n += part;
		p += part;
		n -= part;
		if (z->now->n == FLOW_ZIP_BLOCK)
			submit_job(z);
	}
	return 0;
}

/* Compress and pass on everything that came so far. */
static int flush(struct flow_zip *z, struct err *e)
{
	submit_job(z);
	return workers_wait(z->workers, e);
}

static int zip_hole(struct flow *f, size_t n, struct err *e)
{
	struct flow_zip *z = zip_of(f);

	if (n < 256 || frame_bytes(z->kind, n) > FLOW_HOLE_BYTES)
		return err_kind(e, ERR_LIMIT, "hole of %zu bytes", n);
	if (flush(z, e) < 0)
		return -1;
	z->hole_n = n;
	return flow_hole(f->next, frame_bytes(z->kind, n), e);
}

static int zip_fill(struct flow *f, const void *bytes, struct err *e)
{
	struct flow_zip *z = zip_of(f);
	char room[FLOW_HOLE_BYTES];
	struct buf b = buf_fixed(room, sizeof(room));

	store_frame(&b, z->kind, bytes, z->hole_n);
	return flow_fill(f->next, b.p, e);
}

static int zip_end(struct flow *f, struct err *e)
{
	if (flush(zip_of(f), e) < 0)
		return -1;
	return flow_end(f->next, e);
}

static const struct flow_ops zip_ops = {
	zip_put, zip_hole, zip_fill, flow_take_by_reading, zip_end};

int flow_zip_start(struct flow_zip *z, enum press_kind kind, struct flow *next,
	struct err *e)
{
	const struct workers_plan plan = {
		.job_bytes = sizeof(struct flow_zip_job) +
			     press_bound(kind, FLOW_ZIP_BLOCK),
		.work = press_job,
		.done = pass_on,
		.self = z,
	};

	*z = (struct flow_zip){.flow = {&zip_ops, next}, .kind = kind};
	for (unsigned i = 0; i < WORKERS_MAX; i++) {
		z->press[i] = press_open(kind, e);
		if (!z->press[i])
			return -1;
	}
	z->workers = workers_open(&plan, e);
	return z->workers ? 0 : -1;
}

void flow_zip_free(struct flow_zip *z)
{
	workers_close(&z->workers);
	for (unsigned i = 0; i < WORKERS_MAX; i++)
		press_close(&z->press[i]);
}
