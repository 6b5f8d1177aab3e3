/*
 * dep5 - debian/copyright in its machine-readable form
 * (https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/): which
 * licence each file of a source has.
 */
#ifndef KEELSON_SBOM_MODEL_DEP5_H
#define KEELSON_SBOM_MODEL_DEP5_H

#include "lib/base/buf.h"

/* What a paragraph says; views into the text, empty where it says nothing. */
struct dep5_fields {
	struct str licence;   /* its short name: "BSD-2-clause or Expat" */
	struct str wording;   /* the lines of License below that name */
	struct str copyright; /* lines, with the blanks in front of them */
};

/*
 * What is said of a file: by the last paragraph whose patterns match its path.
 * All is empty when no paragraph matches or the text is of another form.
 */
struct dep5_fields dep5_file(struct str text, struct str path);

/* Its licence alone. */
struct str dep5_licence(struct str text, struct str path);

/*
 * The next paragraph with a licence, of files or on its own; *text moves behind
 * it.  False at the end.
 */
bool dep5_next(struct str *text, struct dep5_fields *out);

/* Does a pattern match? '*' stands for anything, '/' included, '?' for one. */
bool dep5_matches(struct str pattern, struct str path);

/*
 * A short name as an SPDX expression: Debian's names become SPDX ids, "and"
 * and "or" operators; a name that SPDX does not know becomes LicenseRef-NAME.
 * A comma before "and" puts what is before it in parentheses (7.2 of the
 * format).
 */
void dep5_to_spdx(struct str name, struct buf *out);

#endif
