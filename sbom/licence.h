/*
 * licence - SPDX expressions put together.
 *
 * Expressions are cut at their outer ANDs; the parts are kept once, sorted,
 * so that equal sets give equal texts.  A part that is an OR gets brackets.
 */
#ifndef KEELSON_SBOM_LICENCE_H
#define KEELSON_SBOM_LICENCE_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

#define LICENCE_PARTS_MAX 100

/* What this project's own files are under. */
#define LICENCE_OURS "Apache-2.0"

/* What is said where nothing is known (SPDX 2.3 7.13). */
#define LICENCE_UNKNOWN "NOASSERTION"

struct licence_set {
	struct str part[LICENCE_PARTS_MAX]; /* sorted */
	size_t n;
	bool has_unknown;
};

/* Add an expression; an empty one or NOASSERTION only marks the set. */
int licence_add(struct licence_set *s, struct str expression, struct err *e);

/* "A AND B AND (C OR D)"; NOASSERTION for the empty set. */
void licence_write(const struct licence_set *s, struct buf *out);
int licence_text(const struct licence_set *s, struct arena *a, struct str *out,
	struct err *e);

#endif
