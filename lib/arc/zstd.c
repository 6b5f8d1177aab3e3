/*
 * The adapter of libzstd, compressing only: archives are read by libarchive.
 */
#include "lib/arc/zstd.h"

#include <stdlib.h>

#include <zstd.h>

#define ZSTD_CHUNK_BYTES 65536

struct zstd {
	ZSTD_CCtx *context;
	struct sink to;
	bool is_open; /* a frame has begun */
	unsigned char out[ZSTD_CHUNK_BYTES];
};

struct zstd *zstd_open(struct sink to, int level, struct err *e)
{
	struct zstd *z = calloc(1, sizeof(*z));

	if (z)
		z->context = ZSTD_createCCtx();
	if (!z || !z->context) {
		free(z);
		err_kind(e, ERR_LIMIT, "out of memory");
		return NULL;
	}
	z->to = to;
	ZSTD_CCtx_setParameter(z->context, ZSTD_c_compressionLevel, level);
	return z;
}

/* One step; *more: something is still inside. */
static int step(struct zstd *z, ZSTD_inBuffer *in, ZSTD_EndDirective what,
		size_t *more, struct err *e)
{
	ZSTD_outBuffer out = {z->out, sizeof(z->out), 0};

	*more = ZSTD_compressStream2(z->context, &out, in, what);
	if (ZSTD_isError(*more))
		return err_set(e, "zstd: %s", ZSTD_getErrorName(*more));
	return sink_put(z->to, z->out, out.pos, e);
}

static int put(void *self, const void *bytes, size_t n, struct err *e)
{
	struct zstd *z = self;
	ZSTD_inBuffer in = {bytes, n, 0};
	size_t more;

	z->is_open = true;
	while (in.pos < in.size)
		if (step(z, &in, ZSTD_e_continue, &more, e) < 0)
			return -1;
	return 0;
}

struct sink zstd_sink(struct zstd *z)
{
	return (struct sink){put, z};
}

int zstd_end(struct zstd *z, struct err *e)
{
	ZSTD_inBuffer none = {NULL, 0, 0};
	size_t more = z->is_open;

	while (more)
		if (step(z, &none, ZSTD_e_end, &more, e) < 0)
			return -1;
	z->is_open = false;
	return 0;
}

void zstd_close(struct zstd **z)
{
	if (!*z)
		return;
	ZSTD_freeCCtx((*z)->context);
	free(*z);
	*z = NULL;
}
