/*
 * press - pass a block on to the adapter of zlib or of libzstd.
 */
#include "lib/arc/press.h"

#include "lib/arc/gzip_block.h"
#include "lib/arc/zstd.h"

#include <limits.h>
#include <stdlib.h>

struct press {
	struct gzip_block *gzip; /* owned; one of the two is set */
	struct zstd *zstd;       /* owned */
};

struct press *press_open(enum press_kind kind, struct err *e)
{
	struct press *p = calloc(1, sizeof(*p));

	if (p && kind == PRESS_GZIP)
		p->gzip = gzip_block_open();
	else if (p)
		p->zstd = zstd_open();
	if (p && (p->gzip || p->zstd))
		return p;
	free(p);
	err_kind(e, ERR_LIMIT, "compression: out of memory");
	return NULL;
}

size_t press_bound(enum press_kind kind, size_t n)
{
	return kind == PRESS_GZIP ? gzip_block_bound(n) : zstd_bound(n);
}

int press_block(
	struct press *p, struct str block, struct buf *out, struct err *e)
{
	size_t room = out->cap - out->n, n;

	if (block.n > UINT_MAX / 2)
		return err_kind(e, ERR_LIMIT, "compression: block too large");
	n = p->gzip ? gzip_block_pack(p->gzip, block, out->p + out->n, room)
		    : zstd_pack(p->zstd, block, out->p + out->n, room);
	out->n += n;
	return n ? 0 : err_set(e, "compression: too little room");
}

void press_close(struct press **p)
{
	if (!*p)
		return;
	gzip_block_close(&(*p)->gzip);
	zstd_close(&(*p)->zstd);
	free(*p);
	*p = NULL;
}
