/*
 * html - one character of UTF-8 after the other: the five of markup as
 * entities, those that readers cannot see by their number.
 */
#include "sbom/page/html.h"

#include "lib/base/utf8.h"

/* First and last of ranges: C0, DEL and C1 (ECMA-48), the Arabic letter mark,
   marks, embeddings, overrides and isolates (UAX 9), line and paragraph
   separators, what has no width, tags, and what is no character. */
static const struct {
	uint32_t first, last;
} html_unseen[] = {
	{0x00, 0x1f},
	{0x7f, 0x9f},
	{0xad, 0xad},
	{0x61c, 0x61c},
	{0x180e, 0x180e},
	{0x200b, 0x200f},
	{0x2028, 0x202e},
	{0x2060, 0x206f},
	{0xfeff, 0xfeff},
	{0xfff9, 0xffff},
	{0xe0000, 0xe0fff},
};

static bool html_is_unseen(uint32_t c)
{
	for (size_t i = 0; i < sizeof(html_unseen) / sizeof(*html_unseen); i++)
		if (c >= html_unseen[i].first && c <= html_unseen[i].last)
			return true;
	return false;
}

/* The character of a well-formed sequence of n bytes. */
static uint32_t html_decode(const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;
	uint32_t c = n == 1 ? u[0] : u[0] & (0x7fu >> n);

	for (size_t i = 1; i < n; i++)
		c = c << 6 | (u[i] & 0x3fu);
	return c;
}

static const char *html_entity(uint32_t c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void html_text(struct buf *b, struct str s)
{
	while (s.n > 0) {
		size_t n = utf8_length(s);
		uint32_t c = n == 0 ? 0 : html_decode(s.p, n);

		if (n == 0)
			buf_fmt(b, "[byte %02X]", (unsigned char)s.p[0]);
		else if (html_entity(c) != NULL)
			buf_text(b, html_entity(c));
		else if (html_is_unseen(c))
			buf_fmt(b, "[U+%04X]", (unsigned)c);
		else
			buf_put(b, s.p, n);
		s = str_sub(s, n == 0 ? 1 : n, s.n);
	}
}

void html_element(struct buf *b, const char *tag, struct str s)
{
	struct str name = str_of(tag);

	name.n = str_find(name, ' ');
	buf_fmt(b, "<%s>", tag);
	html_text(b, s);
	buf_fmt(b, "</%.*s>", STR_ARG(name));
}

void html_count(struct buf *b, uint64_t n)
{
	uint64_t unit = 1;

	while (n / unit >= 1000 && unit <= UINT64_MAX / 1000)
		unit *= 1000;
	buf_fmt(b, "%llu", (unsigned long long)(n / unit));
	for (; unit > 1; unit /= 1000)
		buf_fmt(b, ",%03llu",
			(unsigned long long)(n % unit / (unit / 1000)));
}

void html_size(struct buf *b, uint64_t bytes)
{
	static const char *const names[] = {"kB", "MB", "GB", "TB"};
	uint64_t unit = 1000, tenths;
	size_t i = 0;

	if (bytes < 1000) {
		html_plural(b, bytes, "byte");
		return;
	}
	while (i < 3 && bytes / unit >= 1000) {
		unit *= 1000;
		i++;
	}
	if (bytes / unit >= 100)
		buf_fmt(b, "%llu", (unsigned long long)(bytes / unit));
	else if (bytes / unit >= 10) {
		tenths = bytes / (unit / 10);
		buf_fmt(b, "%llu.%llu", (unsigned long long)(tenths / 10),
			(unsigned long long)(tenths % 10));
	} else {
		tenths = bytes / (unit / 100);
		buf_fmt(b, "%llu.%02llu", (unsigned long long)(tenths / 100),
			(unsigned long long)(tenths % 100));
	}
	buf_fmt(b, "&nbsp;%s", names[i]);
}

void html_plural(struct buf *b, uint64_t n, const char *what)
{
	html_count(b, n);
	buf_fmt(b, " %s%s", what, n == 1 ? "" : "s");
}

bool html_is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] > 0x7e)
			return false;
	return true;
}
