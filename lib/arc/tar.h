/*
 * tar - POSIX archives (ustar, pax where ustar has no room), written so that
 * equal entries give equal bytes.
 *
 * tar_header() and tar_headers() are pure: an entry in, blocks out.  Numbers
 * that are too large for octal digits are written in base 256, as GNU tar,
 * libarchive and Go read them, so a header always takes one block and can be
 * written again in place once its size is known.  Only names, link targets
 * and extended attributes that do not fit need a pax block in front.
 */
#ifndef KEELSON_ARC_TAR_H
#define KEELSON_ARC_TAR_H

#include "lib/arc/sink.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

#define TAR_BLOCK_BYTES 512

/* Two zero blocks end an archive. */
#define TAR_END_BYTES (2 * TAR_BLOCK_BYTES)

/* Longest path and link target (PATH_MAX of Linux). */
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
	struct str path; /* relative; directories get their '/' here */
	struct str link; /* target of a link, else empty */
	uint32_t mode;   /* permission bits, 07777 */
	uint32_t uid, gid;
	uint32_t dev_major, dev_minor; /* for devices */
	uint64_t size;                 /* bytes of a file, else 0 */
	int64_t mtime_s;               /* seconds since 1970 */
	const struct tar_xattr *xattrs;
	size_t xattr_count;
};

/*
 * The one block of an entry whose names fit ustar (100 bytes; paths also
 * 155 '/' 100) and that has no extended attributes.  To write a file of
 * unknown size: encode with size 0, stream the content, encode again with the
 * true size and pwrite() the block over the first one.
 * Errors: ERR_LIMIT a name does not fit, ERR_INPUT a path that leaves the
 * archive (absolute, "..", empty, NUL).
 */
int tar_header(const struct tar_entry *t, unsigned char block[TAR_BLOCK_BYTES],
	struct err *e);

/* All blocks in front of the content: a pax header when one is needed. */
int tar_headers(const struct tar_entry *t, struct buf *out, struct err *e);

/* Zero bytes that follow content of this size. */
size_t tar_padding(uint64_t size);

/*
 * A writer streams entries to a sink and holds them to their sizes:
 * tar_add(), then exactly size bytes by tar_data(), and so on; tar_end().
 */
struct tar {
	struct sink to;
	uint64_t left; /* content bytes of the entry still to come */
	size_t pad;    /* zeros behind it */
};

struct tar tar_start(struct sink to);
int tar_add(struct tar *w, const struct tar_entry *t, struct err *e);
int tar_data(struct tar *w, const void *bytes, size_t n, struct err *e);
int tar_end(struct tar *w, struct err *e);

/* An entry with its content in one call. */
int tar_file(struct tar *w, const struct tar_entry *t, struct str content,
	struct err *e);

#endif
