/*
 * press - compress blocks, each to a gzip member (RFC 1952) or a zstd frame
 * (RFC 8878) of its own.
 *
 * Members and frames one after the other are one file to every reader, so a
 * stream cut into blocks can be compressed by several at once; what is lost
 * at a size of 256 KiB is below one percent.  Levels are the quickest: this
 * is for what a stopped container waits for.  Equal blocks give equal bytes
 * as long as the libraries are the same, which the lock pins.
 */
#ifndef KEELSON_ARC_PRESS_H
#define KEELSON_ARC_PRESS_H

#include "lib/base/err.h"

#include <stddef.h>

enum press_kind { PRESS_GZIP, PRESS_ZSTD };

struct press; /* owned by whoever opened it; used by one thread at a time */

/* NULL: out of memory. */
struct press *press_open(enum press_kind kind, struct err *e);

/* Room that a block of n bytes needs at most once it is compressed. */
size_t press_bound(enum press_kind kind, size_t n);

/*
 * Compress n bytes to out, which has `room` bytes: press_bound() is enough
 * for whatever they are.  0 and *out_n, or -1.
 */
int press_block(struct press *p, const void *in, size_t n, void *out,
	size_t room, size_t *out_n, struct err *e);

/* Wipe what is left of the blocks, and release. */
void press_close(struct press **p);

#endif
