/*
 * spdx - the model of an image as an SPDX 2.3 document in JSON.
 */
#ifndef KEELSON_SBOM_SPDX_H
#define KEELSON_SBOM_SPDX_H

#include "sbom/model.h"

/*
 * Append the document.  Equal models give equal bytes: lists are sorted, the
 * time is the request's, the namespace ends in a digest of the content.
 * @packages  how many SPDX packages were written
 */
int spdx_write(const struct model *m, struct buf *out, size_t *packages,
	struct err *e);

#endif
