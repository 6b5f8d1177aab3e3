/*
 * archive - an image as one file for `podman load`, `docker load`, skopeo
 * (docker-archive: and oci-archive:) and ctr: an OCI layout in a tar, with
 * the manifest.json of docker save beside it.
 */
#ifndef KEELSON_IMAGES_ARCHIVE_H
#define KEELSON_IMAGES_ARCHIVE_H

#include "images/layout.h"
#include "lib/arc/oci.h"
#include "lib/base/err.h"

struct archive_parts {
	const char *layout; /* the layout's directory */
	const struct oci_blob *manifest, *config, *layer;
	struct str index;  /* an index of the image alone */
	struct str docker; /* manifest.json */
	int64_t time_s;
};

/* Write the archive to path, which its maker renames into place. */
int archive_write(
	const char *path, const struct archive_parts *parts, struct err *e);

#endif
