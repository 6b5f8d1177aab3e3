/*
 * lock - static-build/sources.lock, parsed (docs/formats/sources-lock.md).
 *
 * Every rule of the format is checked, so the result can be relied on: each
 * package has one main line and at most one line of patches, file names are
 * unique, the lines of a package agree.  Errors name the line.
 */
#ifndef KEELSON_SBOM_EVIDENCE_LOCK_H
#define KEELSON_SBOM_EVIDENCE_LOCK_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"
#include "sbom/evidence/lock_line.h"

#define LOCK_LINES_MAX 1000

struct lock {
	struct lock_line *lines; /* in the file's order */
	size_t n;
};

/* Views in *out point into text, which must live as long. 0, or -1
   (ERR_INPUT). */
int lock_parse(
	struct str text, struct arena *a, struct lock *out, struct err *e);

/* The line of a file by its name; NULL when there is none. */
const struct lock_line *lock_file(const struct lock *l, struct str name);

/* A package's main line, or its line of patches; NULL. */
const struct lock_line *lock_main(const struct lock *l, struct str package);
const struct lock_line *lock_patches(const struct lock *l, struct str package);

#endif
