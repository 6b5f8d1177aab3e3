/*
 * spool - files of a blob's bytes: check one, and find how far one has come.
 */
#ifndef KEELSON_IMAGES_SHIP_SPOOL_H
#define KEELSON_IMAGES_SHIP_SPOOL_H

#include "images/ship/piece.h"
#include "lib/arc/sha256.h"

/*
 * Hash n bytes of fd from offset on, by pread(2).  0, or -1: the file is
 * shorter.
 */
int spool_hash(
	int fd, uint64_t offset, uint64_t n, struct sha256 *h, struct err *e);

/* Is this hash the digest? 0, or -1 (ERR_INPUT) with both. */
int spool_compare(const struct sha256 *h, const struct piece *p, struct err *e);

/* Does fd hold the piece from offset on? 0 or -1. */
int spool_check(int fd, uint64_t offset, const struct piece *p, struct err *e);

#endif
