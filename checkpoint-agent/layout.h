/*
 * layout - an OCI image layout being written: a directory, or a tar of one.
 *
 * OCI image-spec 1.1, image-layout.md.  A path that ends in ".tar" makes the
 * tar, which skopeo calls oci-archive.  Nothing stands under the path before
 * layout_finish(): until then it is PATH.partial, removed on failure.
 */
#ifndef CHECKPOINT_AGENT_LAYOUT_H
#define CHECKPOINT_AGENT_LAYOUT_H

#include "checkpoint-agent/source.h"
#include "lib/arc/oci.h"
#include "lib/arc/tar.h"
#include "lib/base/err.h"

#include <limits.h>

struct layout {
	const char *path; /* not owned */
	char partial[PATH_MAX];
	int fd; /* owned: the directory or the tar */
	bool is_tar;
	struct tar tar;
	int64_t time_s; /* of everything in a tar */
};

/* The path must not exist. 0 or -1. */
int layout_start(
	struct layout *l, const char *path, int64_t time_s, struct err *e);

/* A blob of these bytes, described in *blob. */
int layout_add(struct layout *l, struct oci_blob *blob, const char *type,
	struct str bytes, struct err *e);

/* A blob whose digest and size are known, from the source's first byte. */
int layout_add_source(struct layout *l, const struct oci_blob *blob,
	struct source *from, struct err *e);

/* index.json and the mark of a layout; then it is in place. */
int layout_finish(struct layout *l, struct str index, struct err *e);

/* Close; what was not finished is removed. */
void layout_end(struct layout *l);

#endif
