/*
 * patch_text - a patch as `diff -u` writes it: what it says of itself, and
 * which lines of which files it changes.
 */
#ifndef KEELSON_SBOM_FIX_PATCH_TEXT_H
#define KEELSON_SBOM_FIX_PATCH_TEXT_H

#include "lib/base/str.h"

struct patch_hunk {
	struct str file;  /* after the patch, without its first component */
	uint64_t line;    /* of that file, where the hunk begins */
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

#endif
