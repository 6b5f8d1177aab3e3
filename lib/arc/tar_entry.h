/*
 * tar_entry - an entry of a tar archive as a value, for writers and readers.
 *
 * Source: POSIX.1-2017 pax, "ustar Interchange Format".
 */
#ifndef KEELSON_ARC_TAR_ENTRY_H
#define KEELSON_ARC_TAR_ENTRY_H

#include "lib/base/str.h"

#define TAR_BLOCK_BYTES 512

/* Two zero blocks end an archive. */
#define TAR_END_BYTES (2 * TAR_BLOCK_BYTES)

/* Limit of a path and of a link target, with a NUL (Linux PATH_MAX). */
#define TAR_PATH_BYTES 4096

enum tar_type {
	TAR_FILE = '0',
	TAR_HARD_LINK = '1',
	TAR_SYMLINK = '2',
	TAR_CHAR = '3',
	TAR_BLOCK = '4',
	TAR_DIR = '5',
	TAR_FIFO = '6',
};

struct tar_xattr {
	struct str name; /* "security.capability" */
	struct str value;
};

struct tar_entry {
	enum tar_type type;
	struct str path; /* relative, without a final '/' */
	struct str link; /* target of a link, otherwise empty */
	uint32_t mode;   /* permission bits, 07777 */
	uint32_t uid, gid;
	uint32_t dev_major, dev_minor; /* of a device */
	uint64_t size;                 /* content of a file, otherwise 0 */
	int64_t mtime_s;               /* seconds since 1970 */
	const struct tar_xattr *xattrs;
	size_t xattr_count;
};

/* The zero bytes that follow content of this size. */
static inline size_t tar_padding(uint64_t size)
{
	return (size_t)(-size & (TAR_BLOCK_BYTES - 1));
}

#endif
