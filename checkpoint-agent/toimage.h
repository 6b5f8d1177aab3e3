/*
 * toimage - an archive as an OCI image, to be pushed to a registry.
 *
 * The image has one layer, which is the archive as it is, and the annotations
 * by which CRI-O, containerd and podman know a checkpoint.
 */
#ifndef CHECKPOINT_AGENT_TOIMAGE_H
#define CHECKPOINT_AGENT_TOIMAGE_H

#include "checkpoint-agent/unwrap.h"
#include "lib/arc/oci.h"

/*
 * archive: a file, for it is read several times; without identities.  path:
 * the layout, a tar when it ends in ".tar" (layout.h).  tag: the image's name
 * in it, may be "".  *manifest names the image.
 * Errors: ERR_INPUT no archive, or one that is encrypted.
 */
int toimage_write(const struct unwrap_place *archive, const char *path,
	const char *tag, struct oci_blob *manifest, struct err *e);

#endif
