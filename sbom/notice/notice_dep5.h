/*
 * notice_dep5 - the text of a licence in a debian/copyright.
 */
#ifndef KEELSON_SBOM_NOTICE_NOTICE_DEP5_H
#define KEELSON_SBOM_NOTICE_NOTICE_DEP5_H

#include "lib/base/str.h"

/*
 * The text of the first paragraph of a licence (an SPDX id) that has one, as a
 * field.  Debian has several names for texts of one id: a paragraph whose name
 * stands in `own`, the License of the file's own paragraph, goes before others.
 * A text with an advertising clause is none of another id than BSD-4-Clause's.
 * A view; empty: there is none.
 */
struct str notice_dep5_text(
	struct str copyright, struct str id, struct str own);

#endif
