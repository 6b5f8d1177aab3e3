/*
 * layout - an OCI image layout being written (image-spec image-layout.md).
 *
 * It grows in OUT/.NAME.partial and is renamed to OUT/NAME when complete;
 * until then nothing exists under the final name.
 */
#ifndef KEELSON_IMAGES_ASSEMBLE_LAYOUT_H
#define KEELSON_IMAGES_ASSEMBLE_LAYOUT_H

#include "lib/arc/oci.h"
#include "lib/base/err.h"
#include "rootfs/tree.h"

#define LAYOUT_PATH_BYTES 1024

struct layout {
	char final[LAYOUT_PATH_BYTES];
	char partial[LAYOUT_PATH_BYTES]; /* where it grows */
};

/* Start OUT/NAME; what an interrupted run left is removed. 0 or -1. */
int layout_start(
	struct layout *l, const char *out, struct str name, struct err *e);

/* Store bytes as a blob. 0 or -1. */
int layout_add(const struct layout *l, const char *type, struct str bytes,
	struct oci_blob *blob, struct err *e);

struct layout_layer {
	struct oci_blob blob;
	char diff_id[OCI_DIGEST_BYTES]; /* of the tar, uncompressed */
};

/* Store a sealed tree as a gzip layer. 0 or -1. */
int layout_add_layer(const struct layout *l, const struct tree *t,
	int64_t time_s, struct layout_layer *out, struct err *e);

/* Write index.json and oci-layout: the layout is complete then. 0 or -1. */
int layout_finish(const struct layout *l, struct str index, struct err *e);

/*
 * Rename the layout to its final name; an older one is exchanged with it in
 * one step and removed. 0 or -1.
 */
int layout_publish(const struct layout *l, struct err *e);

/*
 * A path for another file of the same build, below .NAME.partial, so that
 * layout_start() removes it, too.  It must be renamed before layout_publish().
 */
int layout_spare(const struct layout *l, const char *name,
	char out[LAYOUT_PATH_BYTES], struct err *e);

/* Remove a layout, complete or not, and nothing that is not part of one. */
int layout_remove(const char *dir, struct err *e);

#endif
