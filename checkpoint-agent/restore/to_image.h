/*
 * to_image - wrap an archive in an OCI image that can be pushed to a registry.
 *
 * The image has one layer, the archive byte for byte, and the annotations by
 * which CRI-O, containerd and podman recognise a checkpoint.
 * Source: OCI image-spec 1.1 manifest.md, config.md.
 */
#ifndef CHECKPOINT_AGENT_RESTORE_TO_IMAGE_H
#define CHECKPOINT_AGENT_RESTORE_TO_IMAGE_H

#include "checkpoint-agent/inspect/pod_archive.h"
#include "lib/arc/oci.h"

/*
 * @archive   a file, because it is read several times; without identities
 * @path      the OCI layout to write, a tar if it ends in ".tar" (oci_layout)
 * @tag       name of the image in the layout, "" for none
 * @manifest  set to the descriptor of the image's manifest
 * Not reentrant.  Errors: ERR_INPUT not a checkpoint, or encrypted (runtimes
 * could not open it); those of oci_layout_start().
 */
int to_image_write(const struct pod_archive_place *archive, const char *path,
	const char *tag, struct oci_blob *manifest, struct err *e);

#endif
