/*
 * cyclonedx_vex - statements as CycloneDX 1.6: a document of its own, whose
 * components are the product and the packages that statements are about
 * (https://cyclonedx.org/docs/1.6/json/#vulnerabilities).
 */
#ifndef KEELSON_SBOM_VEX_CYCLONEDX_VEX_H
#define KEELSON_SBOM_VEX_CYCLONEDX_VEX_H

#include "sbom/vex/vex.h"

/* Append the document. */
void cyclonedx_vex_write(const struct vex_document *d, struct buf *out);

#endif
