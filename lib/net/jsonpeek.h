/*
 * jsonpeek - a few texts of a JSON object, found while it streams by.
 *
 * For objects that are too large to be kept: whatever its size and wherever
 * its name stands in it, one fixed struct follows it.  Pure.  Nothing is
 * checked but what is needed to keep the place; texts are kept as they are
 * written, escapes and all, and one longer than its room is not found.
 */
#ifndef KEELSON_NET_JSONPEEK_H
#define KEELSON_NET_JSONPEEK_H

#include "lib/base/str.h"

#define JSONPEEK_WANTS      3  /* texts that are looked for */
#define JSONPEEK_DEPTH      3  /* members down to them */
#define JSONPEEK_KEY_BYTES  32 /* longer keys are none that is wanted */
#define JSONPEEK_TEXT_BYTES 256

/* Each path is a row of member names, NULL behind a shorter one. */
struct jsonpeek_wants {
	const char *path[JSONPEEK_WANTS][JSONPEEK_DEPTH];
};

struct jsonpeek_text {
	char bytes[JSONPEEK_TEXT_BYTES];
	size_t n;
};

struct jsonpeek {
	const struct jsonpeek_wants *wants;
	struct jsonpeek_text found[JSONPEEK_WANTS];

	/* inside */
	char key[JSONPEEK_DEPTH][JSONPEEK_KEY_BYTES + 1];
	size_t depth; /* open braces and brackets */
	bool is_in_string, is_escaped;
	bool is_key;  /* a string here is a member's name */
	size_t taken; /* bytes of the string so far */
	int want;     /* which one this string is, or -1 */
};

/* Before the first byte of an object; wants must outlive it. */
void jsonpeek_start(struct jsonpeek *p, const struct jsonpeek_wants *wants);

/* The next bytes of the object. */
void jsonpeek_take(struct jsonpeek *p, struct str bytes);

/* The text of that path; empty while it was not seen to its end. */
struct str jsonpeek_text(const struct jsonpeek *p, size_t want);

#endif
