/*
 * page_style - how the page looks: its only style sheet, which stands in it.
 *
 * System fonts, light and dark by the reader's preference, one column on a
 * phone, and a print form with all that is folded away shown.  Text has a
 * contrast of 4.5 or more with what is behind it (WCAG 2.2, 1.4.3).
 */
#ifndef KEELSON_SBOM_PAGE_PAGE_STYLE_H
#define KEELSON_SBOM_PAGE_PAGE_STYLE_H

#include "lib/base/buf.h"

/* Colours of packages in a treemap: .t0 to .t8, .t9 for all others, and .tx
   for what is of no package. */
#define PAGE_TONES 9

/* Append the style sheet. */
void page_style(struct buf *b);

/* Append the source expression that allows this style sheet and no other:
   'sha256-...' (Content Security Policy Level 3, 2.3.1). */
void page_style_hash(struct buf *b);

#endif
