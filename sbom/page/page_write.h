/*
 * page_write - one HTML page that stands alone: no script, nothing fetched,
 * which its own policy (CSP) also forbids; it can be read without its style
 * sheet and without a mouse.  Equal models give equal bytes.
 */
#ifndef KEELSON_SBOM_PAGE_PAGE_WRITE_H
#define KEELSON_SBOM_PAGE_PAGE_WRITE_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "sbom/page/page.h"

#define PAGE_BYTES_MAX ((size_t)64 << 20)

/* Append the page.  0 or -1 (ERR_LIMIT). */
int page_write(const struct page *p, struct buf *b, struct err *e);

/* ---- for the page of a comparison ---- */

/* An entry of the table of contents. */
struct page_entry {
	const char *id, *title;
	size_t count;
	bool has_count;
};

/* From <!doctype> to the start of <body>; title: escaped here. */
void page_begin(struct buf *b, struct str title);
void page_brand(struct buf *b, const char *what);
void page_contents(struct buf *b, const struct page_entry *list, size_t n);
void page_end(struct buf *b);

#endif
