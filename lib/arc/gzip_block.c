/*
 * gzip_block - see gzip_block.h.  The adapter of zlib for single blocks.
 */
#include "lib/arc/gzip_block.h"

#include "lib/arc/wiped.h"

#include <stdlib.h>

#define ZLIB_CONST
#include <zlib.h>

#define WINDOW_BITS (15 + 16) /* 32 KiB window, gzip framing */
#define MEMORY      9
#define OS_UNKNOWN  255 /* RFC 1952 2.3.1 */
#define STORED      0   /* the level of what is not worth the time */

/*
 * It is decided for so many bytes, sixteen pages, whether they are worth it,
 * by a sample of 1024 of them: 64 of each page, in each at another place.  A
 * sample with so many different values, of 256, does not shrink: random bytes
 * have 251; text, pointers and code stay far below.
 */
#define CHUNK_BYTES  65536
#define SAMPLE_RUNS  16
#define SAMPLE_STEP  (4096 + 256)
#define SAMPLE_BYTES 64
#define DENSE_VALUES 240

struct gzip_block {
	z_stream z;
	gz_header header;
	int level; /* that it is at */
};

static voidpf give(voidpf none, uInt items, uInt size)
{
	(void)none;
	return wiped_alloc((size_t)items * size);
}

static void take_back(voidpf none, voidpf memory)
{
	(void)none;
	wiped_free(memory);
}

struct gzip_block *gzip_block_open(void)
{
	struct gzip_block *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	g->z = (z_stream){.zalloc = give, .zfree = take_back};
	g->header.os = OS_UNKNOWN;
	g->level = Z_BEST_SPEED;
	if (deflateInit2(&g->z, g->level, Z_DEFLATED, WINDOW_BITS, MEMORY,
		    Z_DEFAULT_STRATEGY) == Z_OK)
		return g;
	free(g);
	return NULL;
}

/*
 * zlib's bound is for one level; each change of it ends a deflate block, and
 * those that are stored cost five bytes for each 64 KiB.
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

/* The level changes between two chunks, where all that was put is out. */
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
	struct gzip_block *g, const void *in, size_t n, void *out, size_t room)
{
	const unsigned char *p = in;

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
