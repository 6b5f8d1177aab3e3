/*
 * openvex - statements as OpenVEX 0.2.0
 * (https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md).
 *
 * The product is named three times over: by package URL, by digest, and, an
 * image, as REPOSITORY@DIGEST, which is what scanners compare with.
 */
#ifndef KEELSON_SBOM_VEX_OPENVEX_H
#define KEELSON_SBOM_VEX_OPENVEX_H

#include "sbom/vex/vex.h"

/* Append the document; at least one statement (its schema asks for it). */
void openvex_write(const struct vex_document *d, struct buf *out);

#endif
