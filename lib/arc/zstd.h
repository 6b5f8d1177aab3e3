/*
 * zstd - compress a block to one Zstandard frame (RFC 8878), fast.
 *
 * Used through press.h.
 */
#ifndef KEELSON_ARC_ZSTD_H
#define KEELSON_ARC_ZSTD_H

#include "lib/base/str.h"

struct zstd; /* free with zstd_close() */

/* NULL: out of memory. */
struct zstd *zstd_open(void);

/* The most bytes that a block of n bytes can become. */
size_t zstd_bound(size_t n);

/* The number of bytes written to out, 0 if they do not fit. */
size_t zstd_pack(struct zstd *z, struct str block, void *out, size_t room);

/* Wipe what is left of the blocks, and free. */
void zstd_close(struct zstd **z);

#endif
