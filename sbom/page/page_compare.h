/*
 * page_compare - what changed between two products, as a page like the others.
 */
#ifndef KEELSON_SBOM_PAGE_PAGE_COMPARE_H
#define KEELSON_SBOM_PAGE_PAGE_COMPARE_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "sbom/page/page.h"

/* Append the page.  0 or -1 (ERR_LIMIT). */
int page_compare(const struct page *old, const struct page *new, struct buf *b,
	struct err *e);

#endif
