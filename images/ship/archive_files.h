/*
 * archive_files - the files of a tar that is written as a stream, each with its
 * digest and where it lies.
 *
 * Every entry has one owner, one time (0) and a fixed mode, so that equal calls
 * give equal bytes.
 * Limit: ARCHIVE_FILES_MAX files, which is what keelson reads of a tar.
 */
#ifndef KEELSON_IMAGES_SHIP_ARCHIVE_FILES_H
#define KEELSON_IMAGES_SHIP_ARCHIVE_FILES_H

#include "images/ship/from.h"
#include "lib/arc/tar.h"
#include "lib/base/arena.h"

#define ARCHIVE_FILES_MAX 4000

struct archive_file {
	const char *path;
	char sha256[SHA256_HEX + 1];
	uint64_t at, size_bytes; /* of its content in the archive */
};

struct archive_files {
	int *fd;                 /* open for reading too; the caller's */
	struct arena *arena;     /* the caller's */
	struct sink_meter meter; /* of all bytes so far */
	struct tar tar;
	struct archive_file *items; /* in their order */
	size_t n;
};

/* Begin the archive with the directories of blobs. 0 or -1. */
int archive_files_begin(
	struct archive_files *f, int *fd, struct arena *a, struct err *e);

/* Add a file; 0, or -1: the archive has one of that path (ERR_INPUT). */
int archive_files_add(struct archive_files *f, const char *path,
	struct str text, struct err *e);

/* Add a blob; 0, or -1: its bytes are not those of its digest (ERR_INPUT). */
int archive_files_blob(struct archive_files *f, const struct piece *p,
	const struct from_body *b, struct err *e);

/* NULL: it is not in the archive. */
const struct archive_file *archive_files_find(
	const struct archive_files *f, const char *digest);

/* Append the bytes of a file that was added to a growing buffer. 0 or -1. */
int archive_files_read(const struct archive_files *f,
	const struct archive_file *x, struct buf *out, struct err *e);

/* Append lines as sha256sum(1) writes and checks them. 0 or -1. */
int archive_files_sums(
	const struct archive_files *f, struct buf *out, struct err *e);

#endif
