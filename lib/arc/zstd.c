/*
 * zstd - see zstd.h.  The adapter of libzstd, compressing only: archives are
 * read by libarchive.
 */
#include "lib/arc/zstd.h"

#include "lib/arc/wiped.h"

#include <stdlib.h>

/* for ZSTD_customMem; what it is linked with is pinned */
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#define LEVEL 1

struct zstd {
	ZSTD_CCtx *context;
};

static void *give(void *none, size_t n)
{
	(void)none;
	return wiped_alloc(n);
}

static void take_back(void *none, void *memory)
{
	(void)none;
	wiped_free(memory);
}

struct zstd *zstd_open(void)
{
	const ZSTD_customMem memory = {give, take_back, NULL};
	struct zstd *z = calloc(1, sizeof(*z));

	if (z)
		z->context = ZSTD_createCCtx_advanced(memory);
	if (!z || !z->context) {
		free(z);
		return NULL;
	}
	ZSTD_CCtx_setParameter(z->context, ZSTD_c_compressionLevel, LEVEL);
	return z;
}

size_t zstd_bound(size_t n)
{
	return ZSTD_compressBound(n);
}

size_t zstd_pack(
	struct zstd *z, const void *in, size_t n, void *out, size_t room)
{
	size_t out_n = ZSTD_compress2(z->context, out, room, in, n);

	return ZSTD_isError(out_n) ? 0 : out_n;
}

void zstd_close(struct zstd **z)
{
	if (!*z)
		return;
	ZSTD_freeCCtx((*z)->context);
	free(*z);
	*z = NULL;
}
