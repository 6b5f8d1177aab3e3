/*
 * csaf - statements as CSAF 2.0, profile VEX
 * (https://docs.oasis-open.org/csaf/csaf/v2.0/os/csaf-v2.0-os.html 4.5).
 */
#ifndef KEELSON_SBOM_VEX_CSAF_H
#define KEELSON_SBOM_VEX_CSAF_H

#include "sbom/vex/vex.h"

/* Append the document; d->namespace must be a URI of the author. */
void csaf_write(const struct vex_document *d, struct buf *out);

#endif
