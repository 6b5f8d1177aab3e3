/*
 * page_bits - what the sections of a page are made of: headings, tables that
 * scroll inside themselves, badges, text that is folded away.
 *
 * Every table has a caption, heads with a scope, and a frame that the keyboard
 * reaches, because it may have to be scrolled (WCAG 2.2, 2.1.1).
 */
#ifndef KEELSON_SBOM_PAGE_PAGE_BITS_H
#define KEELSON_SBOM_PAGE_PAGE_BITS_H

#include "sbom/page/html.h"
#include "sbom/page/page.h"

/* Rows shown before the rest is folded away. */
enum { PAGE_ROWS_SHOWN = 25, PAGE_PROGRAMS_SHOWN = 12 };

/* <section> with a heading; the caller writes </section>.
   @lead  a paragraph below it, markup; may be NULL */
void bits_section(
	struct buf *b, const char *id, const char *title, const char *lead);

struct bits_column {
	const char *title;
	const char *class; /* "n": numbers, "w": one line, "l": long text */
};

/* Start a table; the caller writes the rows.
   @id  of the caption, once on a page */
void bits_table(struct buf *b, struct str id, struct str caption,
	const struct bits_column *columns, size_t n);
void bits_table_end(struct buf *b);

/* Before the i-th of n programs: the start or the end of what is folded away,
   if it is there. */
void bits_fold_programs(struct buf *b, size_t i, size_t n);

/* "good", "bad", "warn" or "": the colour of a word that says how it is. */
void bits_badge(struct buf *b, const char *class, const char *word);

void bits_status(struct buf *b, enum page_status status);
const char *bits_status_word(enum page_status status);

/* A cell with text as code; empty text gives an empty cell. */
void bits_code_cell(struct buf *b, const char *class, struct str s);
void bits_count_cell(struct buf *b, uint64_t n);

/* part of whole, "12.3 %"; "< 0.1 %" for what is not nothing. */
void bits_percent(struct buf *b, uint64_t part, uint64_t whole);

#endif
