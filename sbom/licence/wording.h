/*
 * wording - the texts of licences, known by how they read.
 *
 * Views point into the given text.
 */
#ifndef KEELSON_SBOM_LICENCE_WORDING_H
#define KEELSON_SBOM_LICENCE_WORDING_H

#include "lib/base/buf.h"

/*
 * Cut a text that is the same everywhere, such as "GPL-2" (rule.h), out of a
 * file: from its heading to the end of the file, or of its terms where another
 * one follows.  Empty: it is not there.
 */
struct str wording_cut(const char *name, struct str file);

/* Does the text contain what a licence without a common text says ("MIT",
   "BSD-3-Clause", "LicenseRef-public-domain", ...)? False for others. */
bool wording_is(struct str id, struct str text);

/* Is it known what that licence says? */
bool wording_knows(struct str id);

/* Does it begin with a text that is the same everywhere? */
bool wording_is_common(struct str text);

/* The comment of a source that contains it; empty when none does. */
struct str wording_comment(struct str id, struct str source);

/* Does it only say where the text is on a Debian system? */
bool wording_is_pointer(struct str text);

/* Append a comment without its marks, or a field of debian/copyright without
   the leading blanks and the dots that stand for empty lines. */
void wording_write_comment(struct str comment, struct buf *out);
void wording_write_field(struct str field, struct buf *out);

#endif
