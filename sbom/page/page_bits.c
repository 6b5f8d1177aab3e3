/* page_bits - small pieces of markup, each in one place. */
#include "sbom/page/page_bits.h"

void bits_section(
	struct buf *b, const char *id, const char *title, const char *lead)
{
	buf_fmt(b,
		"<section id=%s aria-labelledby=%s-h>\n<h2 id=%s-h>%s</h2>\n",
		id, id, id, title);
	if (lead != NULL)
		buf_fmt(b, "<p>%s</p>\n", lead);
}

void bits_table(struct buf *b, struct str id, struct str caption,
	const struct bits_column *columns, size_t n)
{
	buf_fmt(b,
		"<div class=scroll role=region tabindex=0 "
		"aria-labelledby=\"c-%.*s\">"
		"<table><caption id=\"c-%.*s\"><span>",
		STR_ARG(id), STR_ARG(id));
	html_text(b, caption);
	buf_text(b, "</span></caption>\n<thead><tr>");
	for (size_t i = 0; i < n; i++)
		buf_fmt(b, "<th scope=col class=%s>%s</th>", columns[i].class,
			columns[i].title);
	buf_text(b, "</tr></thead>\n<tbody>\n");
}

void bits_table_end(struct buf *b)
{
	buf_text(b, "</tbody></table></div>\n");
}

void bits_fold_programs(struct buf *b, size_t i, size_t n)
{
	if (n <= PAGE_PROGRAMS_SHOWN)
		return;
	if (i == PAGE_PROGRAMS_SHOWN) {
		buf_text(b, "<details class=more><summary>");
		html_plural(b, n - i, "more program");
		buf_text(b, "</summary>\n");
	}
	if (i == n)
		buf_text(b, "</details>\n");
}

void bits_badge(struct buf *b, const char *class, const char *word)
{
	buf_fmt(b, "<span class=\"badge %s\">%s</span>", class, word);
}

static const struct {
	const char *word, *class;
} bits_statuses[PAGE_STATUSES] = {
	[PAGE_NOT_AFFECTED] = {"not affected", "good"},
	[PAGE_FIXED] = {"fixed", "good"},
	[PAGE_INVESTIGATED] = {"under investigation", "warn"},
	[PAGE_AFFECTED] = {"affected", "bad"},
};

const char *bits_status_word(enum page_status status)
{
	return bits_statuses[status].word;
}

void bits_status(struct buf *b, enum page_status status)
{
	bits_badge(b, bits_statuses[status].class, bits_statuses[status].word);
}

void bits_code_cell(struct buf *b, const char *class, struct str s)
{
	buf_fmt(b, "<td class=%s>", class);
	if (s.n > 0)
		html_element(b, "code", s);
	buf_text(b, "</td>");
}

void bits_count_cell(struct buf *b, uint64_t n)
{
	buf_text(b, "<td class=n>");
	html_count(b, n);
	buf_text(b, "</td>");
}

void bits_percent(struct buf *b, uint64_t part, uint64_t whole)
{
	uint64_t tenths = whole == 0 ? 0 : (part * 1000 + whole / 2) / whole;

	if (part > 0 && tenths == 0)
		buf_text(b, "&lt; 0.1&nbsp;%");
	else
		buf_fmt(b, "%llu.%llu&nbsp;%%",
			(unsigned long long)(tenths / 10),
			(unsigned long long)(tenths % 10));
}
