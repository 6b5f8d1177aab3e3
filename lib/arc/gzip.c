/*
 * gzip - the adapter of zlib for streams.
 *
 * Input is passed on in chunks that fit zlib's counters; output is collected
 * in one chunk and put to the next sink.  One gzip member is expected when
 * expanding.
 */
#include "lib/arc/gzip.h"

#include <stdlib.h>

#define ZLIB_CONST
#include <zlib.h>

#define GZIP_CHUNK_BYTES 65536
#define GZIP_WINDOW_BITS (15 + 16) /* 32 KiB window, gzip framing */
#define GZIP_MEMORY      9
#define GZIP_OS_UNKNOWN  255 /* RFC 1952 2.3.1 */

struct gzip {
	z_stream z;
	gz_header header;
	struct sink to;
	bool is_expanding;
	bool is_complete; /* expanding: the end was seen */
	uint64_t left;    /* expanding: bytes of output still allowed */
	unsigned char out[GZIP_CHUNK_BYTES];
};

static struct gzip *gzip_make(struct sink to, struct err *e)
{
	struct gzip *g = calloc(1, sizeof(*g));

	if (!g) {
		err_kind(e, ERR_LIMIT, "out of memory");
		return NULL;
	}
	g->to = to;
	return g;
}

struct gzip *gzip_open(struct sink to, struct err *e)
{
	struct gzip *g = gzip_make(to, e);

	if (!g)
		return NULL;
	g->header.os = GZIP_OS_UNKNOWN;
	if (deflateInit2(&g->z, Z_BEST_COMPRESSION, Z_DEFLATED,
		    GZIP_WINDOW_BITS, GZIP_MEMORY,
		    Z_DEFAULT_STRATEGY) == Z_OK &&
		deflateSetHeader(&g->z, &g->header) == Z_OK)
		return g;
	err_set(e, "gzip: zlib could not be initialised");
	free(g);
	return NULL;
}

struct gzip *gzip_expand(struct sink to, uint64_t max_bytes, struct err *e)
{
	struct gzip *g = gzip_make(to, e);

	if (!g)
		return NULL;
	g->is_expanding = true;
	g->left = max_bytes;
	if (inflateInit2(&g->z, GZIP_WINDOW_BITS) == Z_OK)
		return g;
	err_set(e, "gzip: zlib could not be initialised");
	free(g);
	return NULL;
}

/* Pass the output chunk on. */
static int drain(struct gzip *g, struct err *e)
{
	size_t n = sizeof(g->out) - g->z.avail_out;

	if (g->is_expanding && n > g->left)
		return err_kind(
			e, ERR_LIMIT, "gzip: expands to more than the limit");
	if (g->is_expanding)
		g->left -= n;
	return sink_put(g->to, g->out, n, e);
}

/* Compress until zlib needs more input, or with Z_FINISH until the end. */
static int compress_some(struct gzip *g, int flush, struct err *e)
{
	do {
		g->z.next_out = g->out;
		g->z.avail_out = sizeof(g->out);
		if (deflate(&g->z, flush) == Z_STREAM_ERROR)
			return err_set(e, "gzip: zlib lost its state");
		if (drain(g, e) < 0)
			return -1;
	} while (!g->z.avail_out);
	return 0;
}

static int compress_chunk(
	struct gzip *g, const unsigned char *p, size_t n, struct err *e)
{
	g->z.next_in = p;
	g->z.avail_in = (uInt)n;
	return compress_some(g, Z_NO_FLUSH, e);
}

static int expand_some(struct gzip *g, struct err *e)
{
	int r = Z_OK;

	do {
		if (g->is_complete)
			return err_kind(
				e, ERR_INPUT, "gzip: bytes after the end");
		g->z.next_out = g->out;
		g->z.avail_out = sizeof(g->out);
		r = inflate(&g->z, Z_NO_FLUSH);
		if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
			return err_kind(e, ERR_INPUT, "gzip: %s",
				g->z.msg ? g->z.msg : "damaged");
		g->is_complete = r == Z_STREAM_END;
		if (drain(g, e) < 0)
			return -1;
	} while (g->z.avail_in || (!g->is_complete && !g->z.avail_out));
	return 0;
}

static int expand_chunk(
	struct gzip *g, const unsigned char *p, size_t n, struct err *e)
{
	g->z.next_in = p;
	g->z.avail_in = (uInt)n;
	return expand_some(g, e);
}

static int put_gzip(void *self, const void *bytes, size_t n, struct err *e)
{
	struct gzip *g = self;
	const unsigned char *p = bytes;

	while (n) {
		size_t now = n < GZIP_CHUNK_BYTES ? n : GZIP_CHUNK_BYTES;

		if ((g->is_expanding ? expand_chunk(g, p, now, e)
				     : compress_chunk(g, p, now, e)) < 0)
			return -1;
		p += now;
		n -= now;
	}
	return 0;
}

struct sink gzip_sink(struct gzip *g)
{
	return (struct sink){.put = put_gzip, .self = g};
}

int gzip_end(struct gzip *g, struct err *e)
{
	if (!g->is_expanding) {
		g->z.avail_in = 0;
		return compress_some(g, Z_FINISH, e);
	}
	if (!g->is_complete)
		return err_kind(e, ERR_INPUT, "gzip: ends too early");
	return 0;
}

void gzip_close(struct gzip **g)
{
	if (!*g)
		return;
	if ((*g)->is_expanding)
		inflateEnd(&(*g)->z);
	else
		deflateEnd(&(*g)->z);
	free(*g);
	*g = NULL;
}
