/*
 * vendored - libraries that lie inside a source tree, recognised by their
 * files.
 *
 * A file of the tree whose git id is in the index says where the package lies:
 * "vendor/zlib/inflate.c" is "inflate.c" of zlib, so zlib lies in
 * "vendor/zlib/".  A directory is taken for a package when most of its sources
 * are at a path that the package has, and at least a third of these are as
 * released.  The version is that with the most equal files.
 *
 * Not seen: a package whose files lie among at least as many others in one
 * directory, or under other names, and one that is the whole tree.
 */
#ifndef KEELSON_SBOM_INDEX_VENDORED_H
#define KEELSON_SBOM_INDEX_VENDORED_H

#include "sbom/evidence/evidence.h"
#include "sbom/evidence/lock.h"
#include "sbom/index/file_index.h"

/* The index that lies beside the evidence, if any. */
#define VENDORED_INDEX "index.jsonl"

/*
 * Find the packages in a tree of others: each becomes a line at the end of the
 * lock, its files are marked, and ev->vendored lists them.  Everything is in
 * the arena; the index must live as long. 0 or -1 (ERR_LIMIT).
 */
int vendored_find(struct evidence *ev, struct lock *lock,
	const struct file_index *x, struct arena *a, struct err *e);

/* The same by the index in a file, or by VENDORED_INDEX of a directory of
   evidence; without one nothing is found. */
int vendored_find_by(struct evidence *ev, struct lock *lock, const char *path,
	struct arena *a, struct err *e);
int vendored_find_beside(
	struct evidence *ev, struct lock *lock, struct arena *a, struct err *e);

#endif
