/*
 * html - text of others in an HTML document.
 *
 * Names, labels and messages are written by whoever made an image or a source.
 * Nothing of them becomes markup, and nothing of them changes how the rest of
 * the page reads: characters that direct the writing order (Unicode's UAX 9,
 * 2.1 to 2.6), controls and bytes that are no UTF-8 are shown as what they are.
 */
#ifndef KEELSON_SBOM_PAGE_HTML_H
#define KEELSON_SBOM_PAGE_HTML_H

#include "lib/base/buf.h"

/*
 * Append text, for an element or for an attribute in double quotes.  A
 * character that must not stand there is written as "[U+202E]".
 */
void html_text(struct buf *b, struct str s);

/* <TAG>text</NAME>; TAG is the name with its attributes: "td class=n". */
void html_element(struct buf *b, const char *tag, struct str s);

/* "1,234,567" */
void html_count(struct buf *b, uint64_t n);

/* "1.23 MB", "456 bytes": three digits that count, in powers of 1000. */
void html_size(struct buf *b, uint64_t bytes);

/* "1 file", "2,000 files" */
void html_plural(struct buf *b, uint64_t n, const char *what);

/* Does nothing of the text have to be replaced, and is it one column a byte? */
bool html_is_plain(struct str s);

#endif
