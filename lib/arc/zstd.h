/*
 * zstd - a block of bytes as one Zstandard frame (RFC 8878), in a hurry.
 *
 * Used through press.h.
 */
#ifndef KEELSON_ARC_ZSTD_H
#define KEELSON_ARC_ZSTD_H

#include <stddef.h>

struct zstd; /* owned by whoever opened it */

/* NULL: out of memory. */
struct zstd *zstd_open(void);

/* Room for n bytes when they are packed. */
size_t zstd_bound(size_t n);

/* Bytes written to out, 0 when they can't be packed into that room. */
size_t zstd_pack(
	struct zstd *z, const void *in, size_t n, void *out, size_t room);

/* What it kept of the blocks is wiped. */
void zstd_close(struct zstd **z);

#endif
