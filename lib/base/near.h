/*
 * near - which known word a mistyped one was meant to be.
 *
 * Offer every known word; `best` is then the one with the fewest letters
 * added, left out, changed or swapped with their neighbour, or NULL when none
 * is close: within a third of the word's length, at least one.  A word that
 * was only begun ("clean" for "cleanup") is as close as one wrong letter.
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
