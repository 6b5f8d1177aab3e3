/*
 * spdx3 - components as an SPDX 3.0.1 document in JSON-LD.
 */
#ifndef KEELSON_SBOM_WRITE_SPDX3_H
#define KEELSON_SBOM_WRITE_SPDX3_H

#include "lib/base/buf.h"
#include "sbom/items/items.h"

/*
 * Append the document; with_files: every file and its sources, too.  Equal
 * items give equal bytes: the namespace ends with a digest of the content.
 * 0, or -1 when out is full.
 */
int spdx3_write(const struct items *items, bool with_files, struct buf *out,
	struct err *e);

#endif
