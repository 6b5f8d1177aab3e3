/*
 * near - finds the known word that a mistyped one is closest to.
 *
 * Offer every known word; `best` is then the one that differs by the fewest
 * letters added, omitted, replaced or swapped with their neighbour.  It is
 * NULL when none is close: at most a third of the word's letters may differ,
 * or one if the word is short.  A prefix ("clean" of "cleanup") counts as one
 * letter of difference.
 */
#ifndef KEELSON_BASE_NEAR_H
#define KEELSON_BASE_NEAR_H

#include "lib/base/str.h"

struct near {
	struct str word;
	const char *best;
	size_t distance; /* of best */
};

struct near near_make(struct str word);
void near_offer(struct near *n, const char *known);

#endif
