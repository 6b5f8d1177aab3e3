/*
 * why_fix - which patches fix a CVE, what they change, and which of that is in
 * a program.
 */
#ifndef KEELSON_SBOM_WRITE_WHY_FIX_H
#define KEELSON_SBOM_WRITE_WHY_FIX_H

#include "sbom/fix/fix.h"
#include "sbom/write/why.h"

void why_fixes_text(
	const struct why *w, const struct fixes *f, struct buf *out);
void why_fixes_json(
	const struct why *w, const struct fixes *f, struct json_out *o);

#endif
