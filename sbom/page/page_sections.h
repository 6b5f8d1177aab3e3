/*
 * page_sections - the sections of a page, in its order.  Each appends itself,
 * or nothing where the model has nothing for it.
 */
#ifndef KEELSON_SBOM_PAGE_PAGE_SECTIONS_H
#define KEELSON_SBOM_PAGE_PAGE_SECTIONS_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "sbom/page/page.h"

void page_summary(const struct page *p, struct buf *b);
int page_programs(const struct page *p, struct buf *b, struct err *e);
void page_packages(const struct page *p, struct buf *b);
void page_patches(const struct page *p, struct buf *b);
void page_verdicts(const struct page *p, struct buf *b);
void page_hardening(const struct page *p, struct buf *b);
void page_files(const struct page *p, struct buf *b);
void page_provenance(const struct page *p, struct buf *b);
void page_signatures(const struct page *p, struct buf *b);
void page_commands(const struct page *p, struct buf *b);

#endif
