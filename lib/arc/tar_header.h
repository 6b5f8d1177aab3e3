/*
 * tar_header - encode an entry as the blocks that precede its content.
 *
 * Pure: equal entries give equal bytes.  Numbers too large for octal digits
 * are written in base 256, which GNU tar, libarchive and Go read; so a header
 * always takes one block and can be rewritten in place once the size of the
 * content is known.  Only names, link targets and extended attributes that do
 * not fit need a pax header before it.
 * Source: POSIX.1-2017 pax, "pax Interchange Format".
 */
#ifndef KEELSON_ARC_TAR_HEADER_H
#define KEELSON_ARC_TAR_HEADER_H

#include "lib/arc/tar_entry.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

/*
 * The one block of an entry whose names fit ustar (100 bytes, for paths also
 * 155 '/' 100) and that has no extended attributes.  To write a file of
 * unknown size: encode it with size 0, stream the content, encode it again
 * with its size and pwrite(2) the block over the first one.
 * Errors: ERR_LIMIT a name does not fit; ERR_INPUT a path that could leave
 * the archive (absolute, "..", empty, with NUL).
 */
int tar_header(const struct tar_entry *t, unsigned char block[TAR_BLOCK_BYTES],
	struct err *e);

/*
 * Append all blocks, with a pax header if one is needed.
 * Errors: ERR_LIMIT more than 1 MiB of records, or b is full; ERR_INPUT.
 */
int tar_headers(const struct tar_entry *t, struct buf *out, struct err *e);

#endif
