/*
 * baseimage - the root file system of an image, out of an OCI layout.
 *
 * OCI image-spec 1.1: image-layout.md, image-index.md, manifest.md, layer.md.
 * Blobs are found by digest and must have it; layers are laid over each other
 * with their whiteouts.  Refused: other digests than sha256, layers that are
 * no tar (plain, gzip, zstd), more than the stated limits.
 */
#ifndef CHECKPOINT_AGENT_BASEIMAGE_H
#define CHECKPOINT_AGENT_BASEIMAGE_H

#include "lib/base/err.h"

#include <stdbool.h>

/* Is this directory an OCI layout? */
bool baseimage_is_layout(const char *dir);

/*
 * Unpack below the directory `to`, which is empty.  tag: which image, ""
 * when there is one for this processor only.  Errors: ERR_ABSENT no such
 * image, ERR_INPUT a blob is not what its digest says, ERR_LIMIT.
 */
int baseimage_unpack(
	const char *layout, const char *tag, int to, struct err *e);

#endif
