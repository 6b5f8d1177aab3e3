/*
 * tar_decode - decode the header block of a tar entry.
 *
 * Pure; no byte is trusted.  Numbers in octal and in base 256 are read.
 * Source: POSIX.1-2017 pax, "ustar Interchange Format"; GNU tar manual,
 * "Extensions to the tar format", for base 256.
 */
#ifndef KEELSON_ARC_TAR_DECODE_H
#define KEELSON_ARC_TAR_DECODE_H

#include "lib/arc/tar_entry.h"
#include "lib/arc/tar_ustar.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

#define TAR_DECODE_NAME_BYTES 256 /* prefix, '/' and name */

bool tar_decode_is_zero(const struct tar_ustar *h);

/* Check magic and checksum.  ERR_INPUT. */
int tar_decode_check(const struct tar_ustar *h, struct err *e);

/* The size of a pax header, at most TAR_PAX_BYTES_MAX.  ERR_INPUT. */
int tar_decode_pax_size(
	const struct tar_ustar *h, uint64_t *size, struct err *e);

/*
 * Decode a block that was checked; its extended attributes are left alone.
 * @names  a buf_fixed() of TAR_DECODE_NAME_BYTES, to which t->path may point
 * Errors: ERR_INPUT an unknown type, a number out of range, or fields of GNU
 * where POSIX has the prefix of the path.
 */
int tar_decode(const struct tar_ustar *h, struct tar_entry *t,
	struct buf *names, struct err *e);

/*
 * Normalise the path of an entry: "./a/" is "a", the root is "".
 * Errors: ERR_INPUT it is absolute, has "." or ".." in it, or ends in '/'
 * though the entry is no directory.
 */
int tar_decode_path(struct tar_entry *t, struct err *e);

#endif
