/*
 * upstreams - one package a line: four words, the last of which takes the
 * rest.
 */
#include "sbom/evidence/upstreams.h"

#include <string.h>

static bool upstream_is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
	       c == '_' || c == '-' || c == '+';
}

static bool upstream_is_word(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!upstream_is_word_char(s.p[i]))
			return false;
	return s.n > 0;
}

/* Printable and without what JSON or a URL would have to escape. */
static bool upstream_is_plain(struct str s, bool has_blanks)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < (has_blanks ? ' ' : '!') || s.p[i] > '~' ||
			s.p[i] == '"' || s.p[i] == '\\')
			return false;
	return s.n > 0;
}

static const char *upstream_read(struct str line, struct upstream *u)
{
	struct str cpe;

	if (!str_cut(&line, ' ', &u->package) || !str_cut(&line, ' ', &cpe) ||
		!str_cut(&line, ' ', &u->url) || line.n == 0)
		return "4 fields expected: package, cpe, url, name";
	u->name = str_trim(line);
	if (!upstream_is_word(u->package))
		return "the package is not valid";
	if (!str_is(cpe, "-")) {
		if (!str_cut(&cpe, ':', &u->vendor) ||
			!upstream_is_word(u->vendor) || !upstream_is_word(cpe))
			return "the cpe is neither VENDOR:PRODUCT nor -";
		u->product = cpe;
	}
	if (!str_has_prefix(u->url, STR("https://")) ||
		!upstream_is_plain(u->url, false))
		return "the url is not valid";
	return upstream_is_plain(u->name, true) ? NULL
						: "the name is not valid";
}

int upstreams_parse(
	struct str text, struct arena *a, struct upstreams *out, struct err *e)
{
	unsigned number = 0;
	struct str line;
	size_t room = 0;

	*out = (struct upstreams){0};
	while (str_cut(&text, '\n', &line)) {
		struct upstream u = {0};
		const char *why;

		number++;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		why = upstream_read(line, &u);
		if (why == NULL && upstreams_find(out, u.package) != NULL)
			why = "the package is on an earlier line, too";
		if (why == NULL && out->n == UPSTREAMS_MAX)
			why = "too many lines";
		if (why != NULL)
			return err_kind(
				e, ERR_INPUT, "line %u: %s", number, why);
		out->list = arena_grow(
			a, out->list, out->n, &room, sizeof(*out->list));
		if (out->list == NULL)
			return err_kind(
				e, ERR_LIMIT, "no memory for upstreams");
		out->list[out->n++] = u;
	}
	return 0;
}

const struct upstream *upstreams_find(
	const struct upstreams *u, struct str package)
{
	for (size_t i = 0; i < u->n; i++)
		if (str_eq(u->list[i].package, package))
			return &u->list[i];
	return NULL;
}

/* Where `what` begins in s; s.n when it is not there. */
static size_t upstream_where(struct str s, const char *what)
{
	for (size_t i = 0; i < s.n; i++)
		if (str_has_prefix(str_sub(s, i, s.n), str_of(what)))
			return i;
	return s.n;
}

struct str upstream_version(struct str v)
{
	static const char *const added[] = {
		"+dfsg", ".dfsg", "~dfsg", "+ds", ".ds", "~ds"};
	size_t at = str_find(v, ':');

	if (at < v.n)
		v = str_sub(v, at + 1, v.n);
	for (at = v.n; at > 0 && v.p[at - 1] != '-';)
		at--;
	if (at > 0)
		v.n = at - 1;
	at = upstream_where(v, "+really");
	v = str_sub(v, at < v.n ? at + strlen("+really") : 0, v.n);
	for (size_t i = 0; i < sizeof(added) / sizeof(*added); i++)
		v.n = upstream_where(v, added[i]);
	return v;
}

void upstream_cpe(const struct upstream *u, struct str version, struct buf *out)
{
	buf_fmt(out, "cpe:2.3:a:%.*s:%.*s:", STR_ARG(u->vendor),
		STR_ARG(u->product));
	for (size_t i = 0; i < version.n; i++) {
		if (strchr("+~:!", version.p[i]) != NULL)
			buf_byte(out, '\\');
		buf_byte(out, version.p[i]);
	}
	buf_text(out, ":*:*:*:*:*:*:*");
}
