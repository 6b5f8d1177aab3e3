/*
 * depfile - the files that a dependency file for make names.
 *
 * Compilers and the linker write `TARGET: FILE FILE \` with blanks, `#` and
 * backslashes escaped by a backslash and `$` doubled.  Only the first rule is
 * read; those after it are empty rules for headers (-MP).
 */
#ifndef KEELSON_RECORD_DEPFILE_H
#define KEELSON_RECORD_DEPFILE_H

#include "lib/base/buf.h"
#include "lib/base/str.h"

/*
 * Copy the next prerequisite of the rule into `name`; false at its end.
 * @rest  what is left of the file after depfile_start()
 */
bool depfile_next(struct str *rest, struct buf *name);

/* Skip the target of the first rule and its colon; false without a rule. */
bool depfile_start(struct str *rest);

#endif
