/*
 * loadable - an image as one tar for `podman load`, `docker load`, skopeo
 * (docker-archive: and oci-archive:) and ctr: an OCI layout, and of one image
 * the manifest.json of `docker save` beside it.
 */
#ifndef KEELSON_IMAGES_ASSEMBLE_LOADABLE_H
#define KEELSON_IMAGES_ASSEMBLE_LOADABLE_H

#include "lib/arc/oci.h"
#include "lib/base/err.h"

struct loadable {
	const char *layout;            /* directory of the layout */
	const struct oci_blob **blobs; /* all, each once; they get sorted */
	size_t n_blobs;
	struct str index;  /* an index of the image alone */
	struct str docker; /* manifest.json; empty: none */
	int64_t time_s;    /* of every entry */
};

/* Write the tar to path; the caller renames it into place. 0 or -1. */
int loadable_write(const char *path, const struct loadable *l, struct err *e);

#endif
