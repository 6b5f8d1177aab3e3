/*
 * zstd - the adapter of libzstd, for compression only: libarchive reads
 * archives.  libzstd's memory is wiped when it is freed, because dumped
 * memory passes through it.
 */
#include "lib/arc/zstd.h"

#include "lib/arc/wiped.h"

#include <stdlib.h>

/* for ZSTD_customMem; the linked version is pinned */
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#define LEVEL 1

struct zstd {
	ZSTD_CCtx *context;
};

static void *zstd_alloc(void *none, size_t n)
{
	(void)none;
	return wiped_alloc(n);
}

static void zstd_free(void *none, void *memory)
{
	(void)none;
	wiped_free(memory);
}

struct zstd *zstd_open(void)
{
	const ZSTD_customMem memory = {zstd_alloc, zstd_free, NULL};
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

size_t zstd_pack(struct zstd *z, struct str block, void *out, size_t room)
{
	size_t n = ZSTD_compress2(z->context, out, room, block.p, block.n);

	return ZSTD_isError(n) ? 0 : n;
}

void zstd_close(struct zstd **z)
{
	if (!*z)
		return;
	ZSTD_freeCCtx((*z)->context);
	free(*z);
	*z = NULL;
}
