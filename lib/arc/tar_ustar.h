/*
 * tar_ustar - the layout of a header block, shared by writer and reader.
 *
 * Source: POSIX.1-2017 pax, "ustar Interchange Format".  Texts need no final
 * NUL when they fill their field; numbers are octal digits.
 */
#ifndef KEELSON_ARC_TAR_USTAR_H
#define KEELSON_ARC_TAR_USTAR_H

#include "lib/arc/tar_entry.h"

#include <assert.h>

/* Keyword prefix of extended attributes in pax records (star, libarchive). */
#define TAR_XATTR_KEY "SCHILY.xattr."

/* The type of an extended header, whose content is pax records. */
#define TAR_TYPE_PAX 'x'

/* Largest size in octal digits; a larger one is in a pax record. */
#define TAR_USTAR_SIZE_MAX ((UINT64_C(1) << 33) - 1)

/* Longest content of an extended header that is written or read. */
#define TAR_PAX_BYTES_MAX ((size_t)1 << 20)

/* Layout: POSIX.1-2017 pax, "ustar Interchange Format". */
struct tar_ustar {
	char name[100];
	char mode[8];
	char uid[8];
	char gid[8];
	char size[12];
	char mtime[12];
	char sum[8];
	char type;
	char link[100];
	char magic[6];
	char version[2];
	char uname[32];
	char gname[32];
	char dev_major[8];
	char dev_minor[8];
	char prefix[155];
	char unused[12];
};
static_assert(
	sizeof(struct tar_ustar) == TAR_BLOCK_BYTES, "a header is a block");

#endif
