/*
 * facts_read - an SBOM in any of the formats.
 */
#ifndef KEELSON_SBOM_CHECK_FACTS_READ_H
#define KEELSON_SBOM_CHECK_FACTS_READ_H

#include "sbom/check/facts.h"

/*
 * Read a document.  Everything is in the arena. 0, or -1 (ERR_INPUT): no JSON,
 * or none of these formats.
 */
int facts_read(
	struct str text, struct arena *a, struct facts *out, struct err *e);

#endif
