/*
 * copyright - the lines of a text that say whose it is.
 */
#ifndef KEELSON_SBOM_LICENCE_COPYRIGHT_H
#define KEELSON_SBOM_LICENCE_COPYRIGHT_H

#include "lib/base/buf.h"

enum { COPYRIGHT_LINE_MAX = 500 }; /* bytes of one that others go on */

/* The next line, with the one after it where it ends in a comma: years may
   take several lines.  *text moves behind it; false at the end. */
bool copyright_cut(struct str *text, struct str *line);

/*
 * The next line of *text with a copyright notice, without the marks of a
 * comment around it; *text moves behind it.  "the above copyright notice" is
 * none: a year, "(c)" or a name has to follow the word.  False at the end.
 */
bool copyright_next(struct str *text, struct str *line);

/* Append it with single blanks between its words and no line breaks, with
   "Copyright" in front if it has no such word: lines of debian/copyright have
   none. */
void copyright_write(struct str line, struct buf *out);

#endif
