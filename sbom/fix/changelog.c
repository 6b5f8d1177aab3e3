/*
 * changelog - an entry begins at the left edge with "PACKAGE (VERSION) ...";
 * an item begins with "*" behind blanks and ends before the next one, an empty
 * line or the signature.
 */
#include "sbom/fix/changelog.h"

static bool changelog_is_item(struct str line)
{
	return str_has_prefix(str_trim(line), STR("*")) && line.p[0] == ' ';
}

/* "PACKAGE (VERSION) SUITE; ...": the version. */
static bool changelog_head(struct str line, struct str *version)
{
	size_t open = str_find(line, '('), close = str_find(line, ')');

	if (line.n == 0 || line.p[0] == ' ' || line.p[0] == '\t' ||
		open >= close || close == line.n)
		return false;
	*version = str_sub(line, open + 1, close - open - 1);
	return true;
}

/* The lines after the first one of an item. */
static void changelog_go_on(struct changelog *c)
{
	struct str rest = c->rest, line;

	while (str_cut(&rest, '\n', &line)) {
		if (str_trim(line).n == 0 || line.p[0] != ' ' ||
			changelog_is_item(line) ||
			str_has_prefix(line, STR(" -- ")))
			return;
		c->rest = rest;
	}
}

bool changelog_next(struct changelog *c, struct changelog_item *out)
{
	struct str line;

	while (str_cut(&c->rest, '\n', &line)) {
		if (changelog_head(line, &c->version) ||
			!changelog_is_item(line))
			continue;
		changelog_go_on(c);
		out->version = c->version;
		out->text.p = line.p;
		out->text.n = c->rest.p != NULL ? (size_t)(c->rest.p - line.p)
						: line.n;
		out->text = str_trim(out->text);
		return true;
	}
	return false;
}

bool changelog_names(struct str text, struct str id)
{
	for (size_t i = 0; id.n > 0 && i + id.n <= text.n; i++) {
		char after = i + id.n < text.n ? text.p[i + id.n] : ' ';

		if (((text.p[i] ^ id.p[0]) & ~0x20) != 0)
			continue; /* another letter, in either case */
		if (str_ieq(str_sub(text, i, id.n), id) &&
			(after < '0' || after > '9'))
			return true;
	}
	return false;
}
