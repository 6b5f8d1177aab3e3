/*
 * gzip_block - compress a block to one gzip member (RFC 1952), fast.
 *
 * Parts that look incompressible are only stored.  Used through press.h.
 */
#ifndef KEELSON_ARC_GZIP_BLOCK_H
#define KEELSON_ARC_GZIP_BLOCK_H

#include "lib/base/str.h"

struct gzip_block; /* free with gzip_block_close() */

/* NULL: out of memory. */
struct gzip_block *gzip_block_open(void);

/* The most bytes that a block of n bytes can become. */
size_t gzip_block_bound(size_t n);

/* The number of bytes written to out, 0 if they do not fit. */
size_t gzip_block_pack(
	struct gzip_block *g, struct str block, void *out, size_t room);

/* Wipe what is left of the blocks, and free. */
void gzip_block_close(struct gzip_block **g);

#endif
