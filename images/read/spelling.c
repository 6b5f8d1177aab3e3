/*
 * spelling - the keys of each object are sorted as Go folds them, so that
 * those that it could confuse are neighbours.
 */
#include "images/read/spelling.h"

#include "lib/base/json.h"

#include <stdlib.h>
#include <string.h>

#define KELVIN "\xe2\x84\xaa" /* U+212A, folds to k */
#define LONG_S "\xc5\xbf"     /* U+017F, folds to s */

static unsigned char next_folded(struct str *s)
{
	unsigned char c;

	if (str_has_prefix(*s, STR(KELVIN))) {
		*s = str_sub(*s, strlen(KELVIN), s->n);
		return 'k';
	}
	if (str_has_prefix(*s, STR(LONG_S))) {
		*s = str_sub(*s, strlen(LONG_S), s->n);
		return 's';
	}
	c = (unsigned char)*s->p;
	*s = str_sub(*s, 1, s->n);
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c - 'A' + 'a') : c;
}

/* As strcmp, of names as encoding/json folds them. */
static int folded_compare(struct str a, struct str b)
{
	while (a.n && b.n) {
		int d = next_folded(&a) - next_folded(&b);

		if (d)
			return d;
	}
	return (a.n > 0) - (b.n > 0);
}

static int order_folded(const void *a, const void *b)
{
	const struct node *const *x = a, *const *y = b;

	return folded_compare((*x)->key, (*y)->key);
}

static int order_exact(const void *a, const void *b)
{
	const struct node *const *x = a, *const *y = b;

	return str_cmp((*x)->key, (*y)->key);
}

/* Are the keys of this object names that a user chose? */
static bool is_free(const struct node *map)
{
	return str_is(map->key, "annotations") || str_is(map->key, "Labels") ||
	       str_is(map->key, "ExposedPorts") || str_is(map->key, "Volumes");
}

static int check_key(struct str key, const char *const *known, struct err *e)
{
	if (memchr(key.p, '\0', key.n))
		return err_kind(
			e, ERR_INPUT, "a key ends early: \"%s\"", key.p);
	for (size_t i = 0; known[i]; i++)
		if (folded_compare(key, str_of(known[i])) == 0 &&
			!str_is(key, known[i]))
			return err_kind(e, ERR_INPUT,
				"the key \"%.*s\" is \"%s\" for some readers",
				STR_ARG(key), known[i]);
	return 0;
}

static int check_neighbours(const struct node *const *sorted, size_t n,
	int (*order)(const void *, const void *), struct err *e)
{
	for (size_t i = 1; i < n; i++)
		if (order(&sorted[i - 1], &sorted[i]) == 0)
			return err_kind(e, ERR_INPUT,
				"the keys \"%.*s\" and \"%.*s\" are one for "
				"some readers",
				STR_ARG(sorted[i - 1]->key),
				STR_ARG(sorted[i]->key));
	return 0;
}

static int check_map(
	const struct node *map, const char *const *known, struct err *e)
{
	int (*order)(const void *, const void *) =
		is_free(map) ? order_exact : order_folded;
	const struct node **sorted;
	size_t n = 0;
	int done;

	if (map->count == 0)
		return 0;
	sorted = calloc(map->count, sizeof(*sorted));
	if (!sorted)
		return err_kind(e, ERR_LIMIT, "out of memory");
	for (const struct node *c = node_first(map); c; c = c->next)
		sorted[n++] = c;
	qsort(sorted, n, sizeof(*sorted), order);
	done = check_neighbours(sorted, n, order, e);
	for (size_t i = 0; i < n && done == 0 && !is_free(map); i++)
		done = check_key(sorted[i]->key, known, e);
	free(sorted);
	return done;
}

int spelling_check(
	const struct node *doc, const char *const *known, struct err *e)
{
	const struct node *open[JSON_DEPTH + 1];
	size_t depth = 1;

	/* open[] holds the next node to look at on each level */
	open[0] = doc;
	while (depth > 0) {
		const struct node *n = open[depth - 1];

		if (!n) {
			depth--;
			continue;
		}
		open[depth - 1] = depth > 1 ? n->next : NULL;
		if (n->type == NODE_MAP && check_map(n, known, e) < 0)
			return -1;
		if (node_first(n)) {
			if (depth > JSON_DEPTH)
				return err_kind(e, ERR_LIMIT,
					"nested deeper than %d", JSON_DEPTH);
			open[depth++] = node_first(n);
		}
	}
	return 0;
}
