/*
 * dep5 - debian/copyright in its machine-readable form
 * (https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/): which
 * licence each file of a source has.
 */
#ifndef KEELSON_SBOM_MODEL_DEP5_H
#define KEELSON_SBOM_MODEL_DEP5_H

#include "lib/base/buf.h"

/*
 * The licence of a file: of the last paragraph whose patterns match its path.
 * The answer is the short name as written ("BSD-2-clause or Expat"), a view
 * into text; empty when no paragraph matches or the text is of another form.
 */
struct str dep5_licence(struct str text, struct str path);

/* Does a pattern match? '*' stands for anything, '/' included, '?' for one. */
bool dep5_matches(struct str pattern, struct str path);

/*
 * A short name as an SPDX expression: Debian's names become SPDX ids, "and"
 * and "or" operators; a name that SPDX does not know becomes LicenseRef-NAME.
 */
void dep5_to_spdx(struct str name, struct buf *out);

#endif
