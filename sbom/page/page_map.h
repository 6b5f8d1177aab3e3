/*
 * page_map - a program as a treemap: packages, and in each the files that its
 * bytes are from.  Inline SVG, once for a wide screen and once for a phone.
 */
#ifndef KEELSON_SBOM_PAGE_PAGE_MAP_H
#define KEELSON_SBOM_PAGE_PAGE_MAP_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "sbom/page/page.h"

/* Which colour a package has, in every program of the page. */
struct page_tones {
	const struct page *page;
	struct str names[16]; /* the packages with the most bytes */
	size_t n;
};
void page_tones_make(const struct page *p, struct page_tones *out);

/* "t0" to "t9" or "tx" (page_style.h). */
const char *page_tone(const struct page_tones *t, const struct page_part *part);

/*
 * Append both pictures of a program.  Files whose box would be too small to be
 * seen are one box.  0, or -1 (ERR_LIMIT).
 */
int page_map(const struct page_tones *t, const struct page_program *p,
	struct buf *b, struct err *e);

#endif
