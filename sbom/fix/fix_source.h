/*
 * fix_source - the sources that were unpacked, one directory at a time, and
 * the texts in them, each read once.
 */
#ifndef KEELSON_SBOM_FIX_FIX_SOURCE_H
#define KEELSON_SBOM_FIX_FIX_SOURCE_H

#include "sbom/trace/trace.h"

/* A source that was unpacked. */
struct fix_source {
	struct str dir; /* with a slash at its end; empty: the root itself */
	const struct lock_line *package; /* NULL: of no line of the lock */
	size_t first, end;               /* its files in the evidence */
};

/* Texts that were read already; keep one for all questions. */
struct fix_texts {
	const struct trace_basis *basis;
	struct table by_path; /* path -> list */
	struct evidence_made *files;
	struct str *list;
	size_t n, room, files_room;
};

struct fix_texts fix_texts(const struct trace_basis *basis);

/*
 * The text of a file of the project, whose digest must be the recorded one;
 * one that is not known is filled in.  *out lives as long as the arena of the
 * basis. 0, or -1: gone, or changed since it was unpacked.
 */
int fix_text(struct fix_texts *t, struct evidence_made *f, struct str *out,
	struct err *e);

/* The next source from file `at` on; false after the last one. */
bool fix_source_next(
	const struct trace_basis *b, size_t at, struct fix_source *out);

/* The file of a source with this path in it, as it is now; NULL. */
const struct evidence_file *fix_source_file(const struct trace_basis *b,
	const struct fix_source *source, struct str name);

/* Report that memory is out. Always -1. */
int fix_no_memory(struct err *e);

#endif
