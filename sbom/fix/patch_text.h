/*
 * patch_text - a patch as `diff -u` writes it: what it says of itself, and
 * which lines of which files it changes.
 */
#ifndef KEELSON_SBOM_FIX_PATCH_TEXT_H
#define KEELSON_SBOM_FIX_PATCH_TEXT_H

#include "lib/base/arena.h"
#include "lib/base/str.h"

struct patch_hunk {
	struct str file;  /* after the patch, without its first component */
	uint64_t line;    /* of that file, where the hunk begins */
	uint64_t old;     /* where it began before the patch */
	struct str lines; /* each with its sign: ' ', '-', '+' or '\' */
};

/* Begin with the whole patch as rest. */
struct patch_text {
	struct str rest;
	struct str file; /* that the next hunk is of */
};

/* The text before the first file. */
struct str patch_text_head(struct str patch);

/* The next hunk, of a file that is not removed; false after the last one. */
bool patch_text_next(struct patch_text *p, struct patch_hunk *out);

/*
 * The hunk that undoes this one: what it adds is removed and the other way
 * round.  Its lines are in the arena; false when memory is out.
 */
bool patch_text_undo(
	const struct patch_hunk *hunk, struct arena *a, struct patch_hunk *out);

#endif
