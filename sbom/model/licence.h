/*
 * licence - SPDX expressions combined with AND (SPDX 2.3 annex D).
 *
 * Expressions are cut at their outer ANDs; each part is kept once, sorted, so
 * that equal sets give equal texts.  A part that is an OR gets brackets.
 */
#ifndef KEELSON_SBOM_MODEL_LICENCE_H
#define KEELSON_SBOM_MODEL_LICENCE_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "sbom/evidence/origin.h"

#define LICENCE_PARTS_MAX 100

/* Stands for an unknown licence (SPDX 2.3 7.13). */
#define LICENCE_UNKNOWN "NOASSERTION"

struct licence_set {
	struct str part[LICENCE_PARTS_MAX]; /* sorted */
	size_t n;
	bool has_unknown;
};

/* Add an expression; an empty one or NOASSERTION only marks the set.
   0 or -1 (ERR_LIMIT). */
int licence_add(struct licence_set *s, struct str expression, struct err *e);

/* "A AND B AND (C OR D)"; NOASSERTION for the empty set. */
void licence_write(const struct licence_set *s, struct buf *out);
int licence_text(const struct licence_set *s, struct arena *a, struct str *out,
	struct err *e);

/*
 * The licence of a file behind a program, by its origin and path.
 * @ours  that of the project's own files
 */
struct str licence_of(const struct origin *o, struct str path, struct str ours);

#endif
