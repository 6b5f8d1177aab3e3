/*
 * gzip_block - a block of bytes as one gzip member (RFC 1952), in a hurry.
 *
 * What looks as if it would not shrink is only stored.  Used through press.h.
 */
#ifndef KEELSON_ARC_GZIP_BLOCK_H
#define KEELSON_ARC_GZIP_BLOCK_H

#include <stdbool.h>
#include <stddef.h>

struct gzip_block; /* owned by whoever opened it */

/* NULL: out of memory. */
struct gzip_block *gzip_block_open(void);

/* Room for n bytes when they are packed. */
size_t gzip_block_bound(size_t n);

/* Bytes written to out, 0 when they can't be packed into that room. */
size_t gzip_block_pack(
	struct gzip_block *g, const void *in, size_t n, void *out, size_t room);

/* What it kept of the blocks is wiped. */
void gzip_block_close(struct gzip_block **g);

#endif
