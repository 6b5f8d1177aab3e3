/*
 * draft - a recipe for a source of others: a shell script with the steps of its
 * build system.  What cannot be known is a step that says what to fill in, and
 * fails.
 */
#ifndef KEELSON_IMAGES_DRAFT_DRAFT_H
#define KEELSON_IMAGES_DRAFT_DRAFT_H

#include "images/draft/draft_look.h"

/*
 * A script that does everything, for `keelson record -- sh recipes/NAME`.  The
 * lock's path must have no single quote: it is written between two.
 */
void draft_write(const struct draft *d, struct buf *out);

/* The steps alone, as static-build/recipes of Keelson has them. */
void draft_write_bare(const struct draft *d, struct buf *out);

#endif
