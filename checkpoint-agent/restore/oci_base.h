/*
 * oci_base - unpack the root file system of an OCI image from a layout.
 *
 * Every blob is verified against its digest before it is used.  Layers are
 * applied in order with their whiteouts.
 * Source: OCI image-spec 1.1 image-layout.md, image-index.md, manifest.md,
 * layer.md.
 * Limits: sha256 digests only; tar layers, plain, gzip or zstd; 256 layers,
 * 4 Mi entries, 256 GiB unpacked.
 */
#ifndef CHECKPOINT_AGENT_RESTORE_OCI_BASE_H
#define CHECKPOINT_AGENT_RESTORE_OCI_BASE_H

#include "lib/base/err.h"

#include <stdbool.h>

/* Is this directory an OCI layout? */
bool oci_base_is_layout(const char *dir);

/*
 * Unpack below the empty directory `to`.  tag: which image of the layout, ""
 * for the only one for this processor.  Changes the working directory.
 * Errors: ERR_ABSENT no such image; ERR_USAGE several; ERR_INPUT a malformed
 * document, or a blob that does not have its digest; ERR_LIMIT.
 */
int oci_base_unpack(const char *layout, const char *tag, int to, struct err *e);

#endif
