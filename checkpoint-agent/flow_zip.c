/*
 * flow_zip - see flow_zip.h.
 *
 * Levels are those that keep pace with a disk: a container stands still while
 * its pages are compressed.
 */
#include "checkpoint-agent/flow_zip.h"

#include "lib/arc/gzip.h"
#include "lib/arc/sink.h"
#include "lib/arc/zstd.h"

#define ZSTD_LEVEL 1

/* Around stored bytes. */
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

/* RFC 1952 8, bit by bit: holes are small. */
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

void flow_zip_store(struct buf *b, enum flow_zip_kind kind, const void *bytes,
		size_t n)
{
	if (kind == FLOW_ZIP_GZIP)
		store_gzip(b, bytes, n);
	else
		store_zstd(b, bytes, n);
}

static size_t stored_bytes(enum flow_zip_kind kind, size_t n)
{
	return n + (kind == FLOW_ZIP_GZIP ? GZIP_STORE_BYTES
					  : ZSTD_STORE_BYTES);
}

/* ---- the layer ---------------------------------------------------------- */

static int pass_on(void *self, const void *bytes, size_t n, struct err *e)
{
	return flow_put(self, bytes, n, e);
}

static int zip_put(struct flow *f, const void *bytes, size_t n, struct err *e)
{
	struct flow_zip *z = zip_of(f);

	if (z->kind == FLOW_ZIP_ZSTD)
		return sink_put(zstd_sink(z->zstd), bytes, n, e);
	if (!z->gzip)
		z->gzip = gzip_open_fast((struct sink){pass_on, f->next}, e);
	return z->gzip ? sink_put(gzip_sink(z->gzip), bytes, n, e) : -1;
}

/* End what has been begun; what comes next begins anew. */
static int close_frame(struct flow_zip *z, struct err *e)
{
	int rc;

	if (z->kind == FLOW_ZIP_ZSTD)
		return zstd_end(z->zstd, e);
	rc = z->gzip ? gzip_end(z->gzip, e) : 0;
	gzip_close(&z->gzip);
	return rc;
}

static int zip_hole(struct flow *f, size_t n, struct err *e)
{
	struct flow_zip *z = zip_of(f);

	if (n < 256 || stored_bytes(z->kind, n) > FLOW_HOLE_BYTES)
		return err_kind(e, ERR_LIMIT, "hole of %zu bytes", n);
	if (close_frame(z, e) < 0)
		return -1;
	z->hole_n = n;
	return flow_hole(f->next, stored_bytes(z->kind, n), e);
}

static int zip_fill(struct flow *f, const void *bytes, struct err *e)
{
	struct flow_zip *z = zip_of(f);
	char room[FLOW_HOLE_BYTES];
	struct buf b = buf_fixed(room, sizeof(room));

	flow_zip_store(&b, z->kind, bytes, z->hole_n);
	return flow_fill(f->next, b.p, e);
}

static int zip_end(struct flow *f, struct err *e)
{
	if (close_frame(zip_of(f), e) < 0)
		return -1;
	return flow_end(f->next, e);
}

static const struct flow_ops zip_ops = {zip_put, zip_hole, zip_fill,
		flow_take_by_reading, zip_end};

int flow_zip_start(struct flow_zip *z, enum flow_zip_kind kind,
		struct flow *next, struct err *e)
{
	*z = (struct flow_zip){.flow = {&zip_ops, next}, .kind = kind};
	if (kind == FLOW_ZIP_GZIP)
		return 0;
	z->zstd = zstd_open((struct sink){pass_on, next}, ZSTD_LEVEL, e);
	return z->zstd ? 0 : -1;
}

void flow_zip_free(struct flow_zip *z)
{
	gzip_close(&z->gzip);
	zstd_close(&z->zstd);
}
