/*
 * cdx - components as a CycloneDX document in JSON, version 1.6 or 1.7
 * (ECMA-424).
 */
#ifndef KEELSON_SBOM_WRITE_CDX_H
#define KEELSON_SBOM_WRITE_CDX_H

#include "lib/base/buf.h"
#include "sbom/items/items.h"

/*
 * Append the document; with_files: every file and its sources, too.  Equal
 * items give equal bytes: the serial number is a digest of the content.
 * @version  "1.6" or "1.7"
 * 0, or -1 when out is full.
 */
int cdx_write(const struct items *items, const char *version, bool with_files,
	struct buf *out, struct err *e);

#endif
