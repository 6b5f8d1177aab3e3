/*
 * press - compress blocks, each to a gzip member (RFC 1952) or a zstd frame
 * (RFC 8878) of its own.
 *
 * Concatenated members or frames are one file to every reader, so several
 * threads can compress the blocks of one stream.  With blocks of 256 KiB the
 * output grows by less than one percent.  The fastest levels are used,
 * because a stopped container waits for the result.  Equal blocks give equal
 * bytes for equal versions of the libraries, which the lock file pins.
 */
#ifndef KEELSON_ARC_PRESS_H
#define KEELSON_ARC_PRESS_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

#include <stddef.h>

enum press_kind { PRESS_GZIP, PRESS_ZSTD };

struct press; /* free with press_close(); for one thread at a time */

/* NULL: out of memory (ERR_LIMIT). */
struct press *press_open(enum press_kind kind, struct err *e);

/* The most bytes that a block of n bytes can become. */
size_t press_bound(enum press_kind kind, size_t n);

/*
 * Append the compressed block to out, a buf_fixed() with press_bound() bytes
 * of room.  0 or -1: ERR_LIMIT the block is too large; too little room.
 */
int press_block(
	struct press *p, struct str block, struct buf *out, struct err *e);

/* Wipe what is left of the blocks, and free. */
void press_close(struct press **p);

#endif
