/*
 * spdx - the model of an image as an SPDX 2.3 document in JSON.
 */
#ifndef KEELSON_SBOM_WRITE_SPDX_H
#define KEELSON_SBOM_WRITE_SPDX_H

#include "lib/base/buf.h"
#include "sbom/model/model.h"

/*
 * Append the document.  Equal models give equal bytes: lists are sorted, the
 * time is the request's, the namespace ends with a digest of the content.
 * 0, or -1 when out is full.
 */
int spdx_write(const struct model *m, struct buf *out, struct err *e);

#endif
