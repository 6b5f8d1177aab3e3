/*
 * layout - an OCI image layout being written (image-spec image-layout.md).
 *
 * It grows in a directory of its own and is put in place whole; until then
 * nothing exists under the final name.
 */
#ifndef KEELSON_IMAGES_LAYOUT_H
#define KEELSON_IMAGES_LAYOUT_H

#include "lib/arc/oci.h"
#include "lib/arc/sink.h"
#include "lib/base/err.h"
#include "rootfs/tree.h"

#define LAYOUT_PATH_BYTES 1024

struct layout {
	char final[LAYOUT_PATH_BYTES];
	char partial[LAYOUT_PATH_BYTES]; /* where it grows */
};

/* Begin OUT/NAME in OUT/.NAME.partial; what an earlier run left goes. */
int layout_start(
	struct layout *l, const char *out, struct str name, struct err *e);

/* Store bytes as a blob. */
int layout_add(const struct layout *l, const char *type, struct str bytes,
	struct oci_blob *blob, struct err *e);

/* Store a sealed tree as a gzip layer; diff_id names the tar inside. */
int layout_add_layer(const struct layout *l, const struct tree *t,
	int64_t time_s, struct oci_blob *blob, char diff_id[OCI_DIGEST_BYTES],
	struct err *e);

/* Write the index and the layout's mark; it is complete then. */
int layout_finish(const struct layout *l, struct str index, struct err *e);

/* Put it under its final name; an older one is exchanged and removed. */
int layout_publish(const struct layout *l, struct err *e);

/* The name of a blob in a layout: "blobs/sha256/...". */
#define LAYOUT_NAME_BYTES (sizeof("blobs/sha256/") + SHA256_HEX)
int layout_blob_name(
	const char *digest, char out[LAYOUT_NAME_BYTES], struct err *e);

/* Where a blob lies below a layout's directory. */
int layout_blob_path(const char *dir, const char *digest,
	char out[LAYOUT_PATH_BYTES], struct err *e);

/*
 * A place for something else that goes with the layout, inside of what
 * layout_start() clears.  It must be renamed away before layout_publish().
 */
int layout_spare(const struct layout *l, const char *name,
	char out[LAYOUT_PATH_BYTES], struct err *e);

/* Remove a layout, whole or not, and nothing that is not part of one. */
int layout_remove(const char *dir, struct err *e);

#endif
