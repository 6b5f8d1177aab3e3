/*
 * release_list - the files of a directory with their digests, as they are or as
 * a signed statement has them.
 */
#ifndef KEELSON_IMAGES_RELEASE_RELEASE_LIST_H
#define KEELSON_IMAGES_RELEASE_RELEASE_LIST_H

#include "lib/arc/sha256.h"
#include "lib/base/arena.h"
#include "lib/base/buf.h"

#define RELEASE_FILES_MAX 65536
#define RELEASE_STATEMENT "release.dsse.json"
#define RELEASE_SUMS      "SHA256SUMS"

struct release_file {
	struct str path; /* below the directory; NUL follows */
	char sha256[SHA256_HEX + 1];
};

/* By path, each once. */
struct release_list {
	struct arena *arena; /* holds the paths; the caller's */
	struct release_file *files;
	size_t n, room;
};

/* Append a copy. 0, or -1 (ERR_LIMIT). */
int release_list_add(struct release_list *l, struct str path,
	const char *sha256, struct err *e);

/* When all are added.  0, or -1 (ERR_INPUT): a path twice. */
int release_list_sort(struct release_list *l, struct err *e);

/* NULL: there is none; the list is sorted. */
const struct release_file *release_list_find(
	const struct release_list *l, struct str path);

/*
 * Read every file below a directory, and sort.  0, or -1: what is neither file
 * nor directory, or has a name that a list of lines cannot hold (ERR_INPUT).
 */
int release_list_read(const char *dir, struct release_list *l, struct err *e);

/* Append lines as sha256sum(1) writes them, without those two files that are
   made of the list. */
void release_list_sums(const struct release_list *l, struct buf *out);

/*
 * Do both have the same files with the same digests?  0, or -1 (ERR_INPUT): the
 * first that is not so, in words.
 * @stated  what was signed
 * @found   what is there
 */
int release_list_compare(const struct release_list *stated,
	const struct release_list *found, struct err *e);

#endif
