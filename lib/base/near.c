/*
 * near - the optimal string alignment distance by dynamic programming.  Of its
 * matrix, three rows are kept: swaps reach back two.
 */
#include "lib/base/near.h"

#include <string.h>

#define WORD_MAX 63 /* longer words are not compared */

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The row for a[i] from the two before it. */
static void fill_row(
	size_t row[3][WORD_MAX + 1], size_t i, struct str a, struct str b)
{
	size_t *now = row[i % 3], *last = row[(i + 2) % 3];
	const size_t *older = row[(i + 1) % 3];

	now[0] = i;
	for (size_t j = 1; j <= b.n; j++) {
		size_t change = last[j - 1] + (a.p[i - 1] != b.p[j - 1]);

		now[j] = least(change, least(last[j], now[j - 1]) + 1);
		if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] &&
			a.p[i - 2] == b.p[j - 1])
			now[j] = least(now[j], older[j - 2] + 1);
	}
}

static size_t distance(struct str a, struct str b)
{
	size_t row[3][WORD_MAX + 1] = {{0}};

	for (size_t j = 0; j <= b.n; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= a.n; i++)
		fill_row(row, i, a, b);
	return row[a.n % 3][b.n];
}

struct near near_make(struct str word)
{
	size_t limit = word.n < 6 ? 1 : word.n / 3;

	return (struct near){word, NULL, limit + 1};
}

void near_offer(struct near *n, const char *known)
{
	struct str k = {known, strlen(known)};
	size_t d;

	if (n->word.n < 2 || n->word.n > WORD_MAX || k.n > WORD_MAX)
		return;
	d = distance(n->word, k);
	if (d > 1 && n->word.n < k.n && memcmp(n->word.p, k.p, n->word.n) == 0)
		d = 1;
	if (d >= n->distance)
		return;
	n->distance = d;
	n->best = known;
}
