/*
 * tarfile_read - read the entries of a tar file one after the other.
 *
 * Every tar format that libarchive knows is read, plain or compressed by gzip,
 * zstd or xz.
 */
#ifndef CHECKPOINT_AGENT_TAR_TARFILE_READ_H
#define CHECKPOINT_AGENT_TAR_TARFILE_READ_H

#include "checkpoint-agent/tar/input.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

#include <stdint.h>

struct archive; /* libarchive's */
struct tarfile_reader;

struct tarfile_entry {
	const char *path; /* valid until the next call; without "./" */
	uint64_t size;    /* bytes of content */
	uint32_t mode;    /* type and permissions, as st_mode has them */
	uint32_t uid, gid;
	const char *link; /* target of a hard or symbolic link, or NULL */
	bool is_file;     /* a regular file with content of its own */
};

/* Read from descriptor in, which stays the caller's. 0 or -1. */
int tarfile_read_open(struct tarfile_reader **r, int in, struct err *e);

/*
 * Read from s, which must outlive the reader.  When the last entry has been
 * read, s is read to its end, so that a truncated input is noticed.
 */
int tarfile_read_from(
	struct tarfile_reader **r, struct input *s, struct err *e);

/*
 * 1: *entry is the next one; 0: there are no more; -1.  ERR_INPUT: among
 * others, an archive that ends without an end marker, which was cut off.
 */
int tarfile_read_next(
	struct tarfile_reader *r, struct tarfile_entry *entry, struct err *e);

/* Read content of the entry: the number of bytes, 0 at its end, -1. */
long tarfile_read_bytes(
	struct tarfile_reader *r, void *bytes, size_t n, struct err *e);

/* Append the whole content of the entry to b. ERR_LIMIT: it does not fit. */
int tarfile_read_all(struct tarfile_reader *r, struct buf *b, struct err *e);

/*
 * The content of the current entry as an input feed, to read an archive that
 * lies in an archive.
 */
struct input_feed tarfile_read_feed(struct tarfile_reader *outer);

/*
 * Where in the bytes of the source the content of the current entry begins, of
 * which nothing may have been read; -1: the source is compressed.
 */
int64_t tarfile_read_at(const struct tarfile_reader *r);

void tarfile_read_close(struct tarfile_reader *r);

/*
 * Read the bytes of s, which must outlive the reader, after gzip, zstd or xz is
 * undone: by tarfile_read_bytes() or as a feed.  0 or -1.
 */
int tarfile_read_raw(struct tarfile_reader **r, struct input *s, struct err *e);

/* How many bytes it may expand to, as a tar inside of it then may, too. */
uint64_t tarfile_read_max(const struct tarfile_reader *r);

/* ---- for tarfile_unpack.c only ------------------------------------------ */

struct archive_entry; /* libarchive's */

/* Let it expand to this many bytes instead of INPUT_EXPANDED_MAX. */
void tarfile_read_limit(struct tarfile_reader *r, uint64_t max_bytes);

/*
 * Count n more bytes that were read of an entry.  ERR_LIMIT: the archive
 * expands to more than it may.
 */
int tarfile_read_expands(
	struct tarfile_reader *r, uint64_t more, struct err *e);

/* As tarfile_read_next(), but the input is not read on after the end. */
int tarfile_read_header(
	struct tarfile_reader *r, struct archive_entry **now, struct err *e);

/*
 * The next entry, and libarchive's own status.  The entry is the reader's:
 * libarchive's archive_read_next_header() does not look whether there was
 * memory for one.
 */
int tarfile_read_step(struct tarfile_reader *r, struct archive_entry **now);

/* libarchive's reader inside of r. */
struct archive *tarfile_read_inner(struct tarfile_reader *r);

/*
 * Report why reading failed: the error of the input when it had one, else
 * libarchive's. Always -1.
 */
int tarfile_read_err(struct tarfile_reader *r, const char *what, struct err *e);

#endif
