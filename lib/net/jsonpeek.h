/*
 * jsonpeek - find a few texts in a JSON object while it streams past.
 *
 * For objects that are too large to be kept: one fixed struct follows an
 * object of any size.  Pure.  JSON is not validated; texts are kept as they
 * are written, with their escapes.
 * Limits: JSONPEEK_TEXT_BYTES a text, longer ones are not found.
 */
#ifndef KEELSON_NET_JSONPEEK_H
#define KEELSON_NET_JSONPEEK_H

#include "lib/base/str.h"

#define JSONPEEK_WANTS      3  /* texts to find */
#define JSONPEEK_DEPTH      3  /* names in the path of one */
#define JSONPEEK_KEY_BYTES  32 /* longer names match no path */
#define JSONPEEK_TEXT_BYTES 256

/* A path is a list of member names, ended by NULL if it is shorter. */
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
	bool is_key;  /* a string here is the name of a member */
	size_t taken; /* bytes of the string so far */
	int want;     /* index of the text that this string is, or -1 */
};

/* Begin an object; wants must outlive p. */
void jsonpeek_start(struct jsonpeek *p, const struct jsonpeek_wants *wants);

/* Take the next bytes of the object. */
void jsonpeek_take(struct jsonpeek *p, struct str bytes);

/* The text at that path; empty unless it has been seen completely. */
struct str jsonpeek_text(const struct jsonpeek *p, size_t want);

#endif
