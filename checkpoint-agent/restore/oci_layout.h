/*
 * oci_layout - write an OCI image layout, as a directory or a tar of it.
 *
 * A path that ends in ".tar" makes a tar, which skopeo calls oci-archive.
 * Everything is written to PATH.partial and renamed at the end, so PATH is
 * either absent or complete.
 * Source: OCI image-spec 1.1 image-layout.md.
 */
#ifndef CHECKPOINT_AGENT_RESTORE_OCI_LAYOUT_H
#define CHECKPOINT_AGENT_RESTORE_OCI_LAYOUT_H

#include "checkpoint-agent/tar/input.h"
#include "lib/arc/oci.h"
#include "lib/arc/tar.h"
#include "lib/base/err.h"

#include <limits.h>

struct oci_layout {
	const char *path; /* not owned */
	char partial[PATH_MAX];
	int fd; /* owned: the directory or the tar */
	bool is_tar;
	struct tar tar;
	int64_t time_s; /* modification time of all entries in a tar */
};

/*
 * Begin.  Call oci_layout_end() in any case.  Errors: ERR_BUSY the path
 * exists; ERR_USAGE it is too long.
 */
int oci_layout_start(
	struct oci_layout *l, const char *path, int64_t time_s, struct err *e);

/* Add a blob of these bytes and fill *blob with its descriptor. */
int oci_layout_add(struct oci_layout *l, struct oci_blob *blob,
	const char *type, struct str bytes, struct err *e);

/*
 * Add a blob of known digest and size, read from the first byte of `from`.
 * An error if the size differs; the digest is not checked.
 */
int oci_layout_add_source(struct oci_layout *l, const struct oci_blob *blob,
	struct input *from, struct err *e);

/* Add index.json and oci-layout, sync, and rename it to its path. */
int oci_layout_finish(struct oci_layout *l, struct str index, struct err *e);

/* Close it, and remove it unless it was finished. */
void oci_layout_end(struct oci_layout *l);

#endif
