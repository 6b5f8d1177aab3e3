/*
 * gzip_block - the adapter of zlib for single blocks.
 *
 * A block is compressed in chunks of 64 KiB.  Whether a chunk is worth
 * compressing is estimated from a sample; if not, zlib's level is set to
 * "stored" for it.  zlib's memory is wiped when it is freed, because dumped
 * memory passes through it.
 */
#include "lib/arc/gzip_block.h"

#include "lib/arc/wiped.h"

#include <stdlib.h>

#define ZLIB_CONST
#include <zlib.h>

#define WINDOW_BITS (15 + 16) /* 32 KiB window, gzip framing */
#define MEMORY      9
#define OS_UNKNOWN  255 /* RFC 1952 2.3.1 */
#define STORED      0   /* level: no compression */

/*
 * A chunk is sixteen pages.  The sample is 1024 bytes: 64 of each page, at
 * different offsets.  If at least DENSE_VALUES of the 256 possible byte values
 * occur in it, the chunk does not shrink: random bytes have 251 on average;
 * text, pointers and code far fewer.
 */
#define CHUNK_BYTES  65536
#define SAMPLE_RUNS  16
#define SAMPLE_STEP  (4096 + 256)
#define SAMPLE_BYTES 64
#define DENSE_VALUES 240

struct gzip_block {
	z_stream z;
	gz_header header;
	int level; /* the current one */
};

static voidpf zlib_alloc(voidpf none, uInt items, uInt size)
{
	(void)none;
	return wiped_alloc((size_t)items * size);
}

static void zlib_free(voidpf none, voidpf memory)
{
	(void)none;
	wiped_free(memory);
}

struct gzip_block *gzip_block_open(void)
{
	struct gzip_block *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	g->z = (z_stream){.zalloc = zlib_alloc, .zfree = zlib_free};
	g->header.os = OS_UNKNOWN;
	g->level = Z_BEST_SPEED;
	if (deflateInit2(&g->z, g->level, Z_DEFLATED, WINDOW_BITS, MEMORY,
		    Z_DEFAULT_STRATEGY) == Z_OK)
		return g;
	free(g);
	return NULL;
}

/*
 * compressBound() assumes a single level; each change of level ends a deflate
 * block, and a stored block costs five bytes for each 64 KiB.
 */
size_t gzip_block_bound(size_t n)
{
	return compressBound(n) + n / 1024 + 512;
}

static bool is_dense(const unsigned char *p, size_t n)
{
	bool seen[256] = {false};
	unsigned values = 0;

	if (n < CHUNK_BYTES)
		return false;
	for (size_t run = 0; run < SAMPLE_RUNS; run++) {
		const unsigned char *at = p + run * SAMPLE_STEP;

		for (size_t i = 0; i < SAMPLE_BYTES; i++) {
			values += !seen[at[i]];
			seen[at[i]] = true;
		}
	}
	return values >= DENSE_VALUES;
}

/* Between chunks all input has been flushed, so the level may change. */
static bool pack_chunk(struct gzip_block *g, const unsigned char *in, size_t n)
{
	int level = is_dense(in, n) ? STORED : Z_BEST_SPEED;

	if (level != g->level &&
		deflateParams(&g->z, level, Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	g->level = level;
	g->z.next_in = in;
	g->z.avail_in = (uInt)n;
	return deflate(&g->z, Z_BLOCK) == Z_OK && g->z.avail_in == 0;
}

size_t gzip_block_pack(
	struct gzip_block *g, struct str block, void *out, size_t room)
{
	const unsigned char *p = (const unsigned char *)block.p;
	size_t n = block.n;

	if (deflateReset(&g->z) != Z_OK ||
		deflateSetHeader(&g->z, &g->header) != Z_OK)
		return 0;
	g->z.next_out = out;
	g->z.avail_out = (uInt)room;
	while (n) {
		size_t now = n < CHUNK_BYTES ? n : CHUNK_BYTES;

		if (!pack_chunk(g, p, now))
			return 0;
		p += now;
		n -= now;
	}
	return deflate(&g->z, Z_FINISH) == Z_STREAM_END ? room - g->z.avail_out
							: 0;
}

void gzip_block_close(struct gzip_block **g)
{
	if (!*g)
		return;
	deflateEnd(&(*g)->z);
	free(*g);
	*g = NULL;
}
