/*
 * wording - headings of the long texts; sentences that only one of the short
 * ones has, compared without regard to white space, case and comment marks.
 */
#include "sbom/licence/wording.h"

/* ---- texts that are the same everywhere ---- */

static const struct wording_common {
	const char *name, *heading, *version;
} wording_commons[] = {
	{"Apache-2.0", "Apache License", "Version 2.0, January 2004"},
	{"GPL-2", "GNU GENERAL PUBLIC LICENSE", "Version 2, June 1991"},
	{"GPL-3", "GNU GENERAL PUBLIC LICENSE", "Version 3, 29 June 2007"},
	{"LGPL-2", "GNU LIBRARY GENERAL PUBLIC LICENSE",
		"Version 2, June 1991"},
	{"LGPL-2.1", "GNU LESSER GENERAL PUBLIC LICENSE",
		"Version 2.1, February 1999"},
	{"LGPL-3", "GNU LESSER GENERAL PUBLIC LICENSE",
		"Version 3, 29 June 2007"},
	{"MPL-2.0", "Mozilla Public License Version 2.0",
		"=================================="},
};
enum { WORDING_COMMONS = sizeof(wording_commons) / sizeof(*wording_commons) };

/* Does a text begin with this heading and, on a line below it, version? */
static bool wording_begins(const struct wording_common *x, struct str text)
{
	struct str line;

	if (!str_cut(&text, '\n', &line) || !str_is(str_trim(line), x->heading))
		return false;
	do {
		if (!str_cut(&text, '\n', &line))
			return false;
	} while (str_trim(line).n == 0);
	return str_has_prefix(str_trim(line), str_of(x->version));
}

/* Any of them? */
static bool wording_begins_any(struct str text)
{
	for (size_t i = 0; i < WORDING_COMMONS; i++)
		if (wording_begins(&wording_commons[i], text))
			return true;
	return false;
}

/* From its heading on: up to the end of its terms if another text follows. */
static struct str wording_end(struct str text)
{
	struct str rest = text, line;
	size_t end = 0;

	str_cut(&rest, '\n', &line);
	while (rest.n > 0) {
		size_t at = text.n - rest.n;

		if (wording_begins_any(rest))
			return str_sub(text, 0, end > 0 ? end : at);
		str_cut(&rest, '\n', &line);
		if (str_is(str_trim(line), "END OF TERMS AND CONDITIONS"))
			end = text.n - rest.n;
	}
	return text;
}

struct str wording_cut(const char *name, struct str file)
{
	struct str rest = file, line;

	for (size_t i = 0; i < WORDING_COMMONS; i++) {
		if (!str_is(str_of(name), wording_commons[i].name))
			continue;
		while (rest.n > 0) {
			if (wording_begins(&wording_commons[i], rest))
				return wording_end(rest);
			str_cut(&rest, '\n', &line);
		}
	}
	return (struct str){0};
}

/* ---- short texts ---- */

static const struct {
	const char *id, *says, *says_too;
} wording_shorts[] = {
	{"0BSD", "permission to use, copy, modify, and/or distribute", NULL},
	{"BSD-1-Clause", "redistribution and use in source and binary forms",
		NULL},
	{"BSD-2-Clause", "redistribution and use in source and binary forms",
		"in binary form must reproduce"},
	{"BSD-3-Clause", "redistribution and use in source and binary forms",
		"or promote products derived from this software"},
	{"BSD-4-Clause", "redistribution and use in source and binary forms",
		"all advertising materials mentioning"},
	{"BSD-4-Clause-UC", "redistribution and use in source and binary forms",
		"all advertising materials mentioning"},
	{"BSL-1.0", "boost software license - version 1.0", NULL},
	{"ISC", "permission to use, copy, modify, and",
		"provided that the above copyright notice"},
	{"LicenseRef-public-domain", "public domain", NULL},
	{"MIT", "permission is hereby granted, free of charge, to any person",
		NULL},
	{"Unlicense", "this is free and unencumbered software", NULL},
	{"X11", "permission is hereby granted, free of charge, to any person",
		"in advertising or otherwise"},
	{"Zlib", "this software is provided 'as-is', without any express",
		NULL},
};

static bool wording_is_mark(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '*' ||
	       c == '#' || c == '/';
}

static char wording_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* The bytes of text that a sentence spans from its first byte; 0: it is not
   there.  A blank of the sentence stands for any marks. */
static size_t wording_spans(struct str text, const char *sentence)
{
	size_t at = 0;

	for (const char *c = sentence; *c != '\0'; c++) {
		if (*c == ' ') {
			if (at == text.n || !wording_is_mark(text.p[at]))
				return 0;
			while (at < text.n && wording_is_mark(text.p[at]))
				at++;
		} else if (at == text.n || wording_lower(text.p[at]) != *c) {
			return 0;
		} else {
			at++;
		}
	}
	return at;
}

/* Where it begins; text.n: nowhere. */
static size_t wording_find(struct str text, const char *sentence)
{
	for (size_t i = 0; i < text.n; i++)
		if (wording_spans(str_sub(text, i, text.n), sentence) > 0)
			return i;
	return text.n;
}

/* Where the text of a licence begins; text.n: nowhere. */
static size_t wording_place(struct str id, struct str text)
{
	size_t n = sizeof(wording_shorts) / sizeof(*wording_shorts);

	for (size_t i = 0; i < n; i++) {
		const char *too = wording_shorts[i].says_too;

		if (!str_is(id, wording_shorts[i].id))
			continue;
		if (too != NULL && wording_find(text, too) == text.n)
			return text.n;
		return wording_find(text, wording_shorts[i].says);
	}
	return text.n;
}

bool wording_is(struct str id, struct str text)
{
	return wording_place(id, text) < text.n;
}

bool wording_knows(struct str id)
{
	size_t n = sizeof(wording_shorts) / sizeof(*wording_shorts);

	for (size_t i = 0; i < n; i++)
		if (str_is(id, wording_shorts[i].id))
			return true;
	return false;
}

bool wording_is_common(struct str text)
{
	struct str rest = text, line;

	while (str_cut(&rest, '\n', &line) && str_trim(line).n == 0)
		text = rest;
	return wording_begins_any(text);
}

struct str wording_comment(struct str id, struct str source)
{
	const struct str begin = STR("/*"), end = STR("*/");
	size_t from = source.n;

	for (size_t i = 0; i < source.n; i++) {
		struct str s = str_sub(source, i, source.n);

		if (from == source.n && str_has_prefix(s, begin))
			from = i;
		if (from == source.n || !str_has_prefix(s, end))
			continue;
		s = str_sub(source, from, i + end.n - from);
		if (wording_is(id, s))
			return s;
		from = source.n;
	}
	return (struct str){0};
}

bool wording_is_pointer(struct str text)
{
	return wording_find(text, "/usr/share/common-licenses") < text.n ||
	       str_trim(text).n == 0;
}

/* ---- without what is around each line ---- */

/* Blanks at the end of lines are dropped. */
static void wording_write_line(struct str line, struct buf *out)
{
	while (line.n > 0 && wording_is_mark(line.p[line.n - 1]) &&
		line.p[line.n - 1] != '/' && line.p[line.n - 1] != '#')
		line.n--;
	buf_str(out, line);
	buf_byte(out, '\n');
}

void wording_write_comment(struct str comment, struct buf *out)
{
	struct str line;
	bool has_text = false;

	if (str_has_prefix(comment, STR("/*")))
		comment = str_sub(comment, 2, comment.n);
	if (str_has_suffix(comment, STR("*/")))
		comment.n -= 2;
	while (str_cut(&comment, '\n', &line)) {
		size_t at = 0;

		while (at < line.n && (line.p[at] == ' ' || line.p[at] == '\t'))
			at++;
		while (at < line.n && line.p[at] == '*')
			at++;
		if (at < line.n && line.p[at] == ' ')
			at++;
		line = str_sub(line, at, line.n);
		has_text |= str_trim(line).n > 0;
		if (has_text && (str_trim(line).n > 0 || comment.n > 0))
			wording_write_line(line, out);
	}
}

void wording_write_field(struct str field, struct buf *out)
{
	struct str line;

	while (str_cut(&field, '\n', &line)) {
		if (line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t'))
			line = str_sub(line, 1, line.n);
		if (str_is(str_trim(line), "."))
			line.n = 0;
		wording_write_line(line, out);
	}
}
