/*
 * words - split command lines: response files, and the file names in a shell
 * command.
 */
#ifndef KEELSON_RECORD_WORDS_H
#define KEELSON_RECORD_WORDS_H

#include "lib/base/arena.h"
#include "lib/base/str.h"

#define WORDS_MAX 65536u

struct words {
	char **list; /* n words and a null pointer, in the arena */
	size_t n;
};

/* Is this word in a list that ends with NULL? */
bool words_has(const char *const *list, const char *word);

/*
 * Split text as gcc and binutils split an @file: blanks separate, quotes and
 * backslashes protect. 0 or -1.
 */
int words_split(
	struct str text, struct arena *a, struct words *out, struct err *e);

/*
 * Copy an argv with every `@FILE` replaced by the words of FILE.  A file that
 * can't be read stays as it is, as with the tools themselves. 0 or -1.
 */
int words_expand(
	char *const *argv, struct arena *a, struct words *out, struct err *e);

/*
 * The words of a shell command that may be file names: everything between
 * blanks, quotes and operators, and what follows a `=` in it; each once,
 * without options and devices. 0 or -1.
 */
int words_scan(
	struct str command, struct arena *a, struct words *out, struct err *e);

#endif
