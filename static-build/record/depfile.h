/*
 * depfile - the files that a dependency file for make names.
 *
 * Compilers and the linker write `TARGET: FILE FILE \` with blanks, `#` and
 * backslashes escaped by a backslash and `$` doubled; gcc and ld differ in
 * nothing that matters here.  Only the first rule is read: what follows are
 * empty rules for headers (-MP).
 */
#ifndef KEELSON_RECORD_DEPFILE_H
#define KEELSON_RECORD_DEPFILE_H

#include "lib/base/buf.h"
#include "lib/base/str.h"

/*
 * Take the next prerequisite of the first rule into `name`.
 * @rest  what is left of the file; start with all of it
 * False at the end of the rule.
 */
bool depfile_next(struct str *rest, struct buf *name);

/* Move behind the rule's target and its colon. False: there is no rule. */
bool depfile_start(struct str *rest);

#endif
