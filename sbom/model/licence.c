/*
 * licence - read as much of the grammar of SPDX expressions as is needed to
 * cut at outer ANDs: brackets and the words AND and OR.
 *
 * Nothing is simplified beyond that, so nobody has to trust that two
 * expressions mean the same.
 */
#include "sbom/model/licence.h"

#include <string.h>

enum { LICENCE_TEXT_MAX = 16384 };

/* Where the first `word` outside brackets begins; s.n when there is none. */
static size_t licence_find_word(struct str s, struct str word)
{
	int depth = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '(')
			depth++;
		else if (s.p[i] == ')')
			depth--;
		else if (depth == 0 && str_has_prefix(str_sub(s, i, s.n), word))
			return i;
	}
	return s.n;
}

static int licence_add_part(
	struct licence_set *s, struct str part, struct err *e)
{
	size_t at = 0;

	while (at < s->n && str_cmp(s->part[at], part) < 0)
		at++;
	if (at < s->n && str_eq(s->part[at], part))
		return 0;
	if (s->n == LICENCE_PARTS_MAX)
		return err_kind(e, ERR_LIMIT, "more than %d licences",
			LICENCE_PARTS_MAX);
	memmove(&s->part[at + 1], &s->part[at], (s->n - at) * sizeof(*s->part));
	s->part[at] = part;
	s->n++;
	return 0;
}

/* Remove brackets that enclose the whole expression. */
static struct str licence_unwrap(struct str s)
{
	struct str inner;
	int depth = 0;

	s = str_trim(s);
	if (s.n < 2 || s.p[0] != '(' || s.p[s.n - 1] != ')')
		return s;
	inner = str_sub(s, 1, s.n - 2);
	for (size_t i = 0; i < inner.n; i++) {
		depth += (inner.p[i] == '(') - (inner.p[i] == ')');
		if (depth < 0)
			return s;
	}
	return str_trim(inner);
}

int licence_add(struct licence_set *s, struct str expression, struct err *e)
{
	const struct str and = STR(" AND "), or = STR(" OR ");
	size_t at;

	expression = licence_unwrap(expression);
	if (expression.n == 0 || str_is(expression, LICENCE_UNKNOWN)) {
		s->has_unknown = true;
		return 0;
	}
	/* OR binds weaker than AND: with an outer OR it stays whole */
	if (licence_find_word(expression, or) < expression.n)
		return licence_add_part(s, expression, e);
	do {
		at = licence_find_word(expression, and);
		if (licence_add_part(s,
			    licence_unwrap(str_sub(expression, 0, at)), e) < 0)
			return -1;
		expression = str_sub(expression, at + and.n, expression.n);
	} while (expression.n > 0);
	return 0;
}

void licence_write(const struct licence_set *s, struct buf *out)
{
	if (s->n == 0)
		buf_text(out, LICENCE_UNKNOWN);
	for (size_t i = 0; i < s->n; i++) {
		bool has_or = s->n > 1 && licence_find_word(s->part[i],
						  STR(" OR ")) < s->part[i].n;

		if (i > 0)
			buf_text(out, " AND ");
		buf_fmt(out, "%s%.*s%s", has_or ? "(" : "", STR_ARG(s->part[i]),
			has_or ? ")" : "");
	}
}

int licence_text(const struct licence_set *s, struct arena *a, struct str *out,
	struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(LICENCE_TEXT_MAX);

	licence_write(s, &b);
	*out = (struct str){arena_copy(a, buf_view(&b)), b.n};
	return b.full || out->p == NULL
		       ? err_kind(e, ERR_LIMIT, "licences are too long")
		       : 0;
}

/* gcc's start files and runtime library carry its runtime exception. */
static const struct str licence_gcc_place = {"/usr/lib/gcc", 12};
static const struct str licence_gcc_licence = {
	"GPL-3.0-or-later WITH GCC-exception-3.1", 39};

struct str licence_of(const struct origin *o, struct str path, struct str ours)
{
	if (o->package != NULL)
		return o->package->licence;
	if (o->kind != ORIGIN_HOST)
		return ours.n > 0 ? ours : STR(LICENCE_UNKNOWN);
	if (str_has_prefix(path, licence_gcc_place))
		return licence_gcc_licence;
	return STR(LICENCE_UNKNOWN);
}
