/*
 * lock_text - sources.lock as a text that people keep: lines are replaced and
 * added, and everything else stays as it was, comments and order too.
 */
#ifndef KEELSON_IMAGES_FRESH_LOCK_TEXT_H
#define KEELSON_IMAGES_FRESH_LOCK_TEXT_H

#include "lib/base/buf.h"

/* Line `line` (1-based) becomes text, which has no line feed. */
struct lock_change {
	unsigned line;
	struct str text;
};

/* Write the text with the changes, of which there is one at most for a line. */
void lock_text_replace(struct str text, const struct lock_change *changes,
	size_t n, struct buf *out);

/* Write the text and then a line; a text that is empty gets the heading. */
void lock_text_add(struct str text, struct str line, struct buf *out);

#endif
