/*
 * spdx - the model of an image as an SPDX 2.3 document in JSON.
 */
#ifndef KEELSON_SBOM_WRITE_SPDX_H
#define KEELSON_SBOM_WRITE_SPDX_H

#include "lib/base/buf.h"
#include "sbom/items/items.h"

/*
 * Append the document; with_files: every file, its sources and patches, else
 * only components and patches.  Equal models give equal bytes: lists are
 * sorted, the time is the request's, the namespace ends with a digest of the
 * content. 0, or -1 when out is full.
 */
int spdx_write(const struct items *items, bool with_files, struct buf *out,
	struct err *e);

#endif
