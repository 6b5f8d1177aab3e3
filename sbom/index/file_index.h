/*
 * file_index - the files of released packages by their git ids: an index that
 * `keelson index` makes (docs/formats/index.md).
 *
 * The text is JSON, a line each: the format, then each package followed by its
 * files.  Views point into the arena.
 */
#ifndef KEELSON_SBOM_INDEX_FILE_INDEX_H
#define KEELSON_SBOM_INDEX_FILE_INDEX_H

#include "lib/base/buf.h"
#include "sbom/evidence/table.h"

#define FILE_INDEX_FORMAT    1
#define FILE_INDEX_MAX_BYTES (512u << 20)
#define FILE_INDEX_FILES_MAX 4000000u
#define FILE_INDEX_PATH_MAX  4096u

struct indexed_file {
	struct str path; /* below the top of the package */
	struct str id;   /* of git, SHA-1, 40 hex digits */
	uint64_t size;   /* bytes */
	uint32_t package;
};

struct indexed_package {
	struct str name, version;
	struct str archive; /* the file or directory that it was made of */
	struct str sha256;  /* of that file; empty for a directory */
	uint32_t first, n;  /* its files, sorted by path */
};

struct file_index {
	struct indexed_package *packages;
	size_t n_packages, packages_room;
	struct indexed_file *files;
	size_t n_files, files_room;
	struct table by_id; /* id -> file */
};

/*
 * Parse an index. 0, or -1 naming the line: ERR_INPUT what is no index, or one
 * whose files are not in order; ERR_LIMIT.
 */
int file_index_parse(struct str text, struct arena *a, struct file_index *out,
	struct err *e);

/* Parse the index in a file. */
int file_index_read(const char *path, struct arena *a, struct file_index *out,
	struct err *e);

/* The file of a package by its path; NULL. */
const struct indexed_file *file_index_find(
	const struct file_index *x, uint32_t package, struct str path);

/* Write an index: its packages, each with its files. */
void file_index_write(const struct file_index *x, struct buf *out);

/* Append to an index that is being made. 0 or -1 (ERR_LIMIT). */
int file_index_add_package(struct file_index *x, struct arena *a,
	struct indexed_package p, struct err *e);
int file_index_add_file(struct file_index *x, struct arena *a,
	struct indexed_file f, struct err *e);

#endif
