/*
 * attach_work - what the steps of one change to a layout share (attach.h).
 */
#ifndef KEELSON_IMAGES_ATTACH_ATTACH_WORK_H
#define KEELSON_IMAGES_ATTACH_ATTACH_WORK_H

#include "images/attach/attach_request.h"
#include "images/attach/signed.h"
#include "images/attach/texts.h"
#include "lib/arc/oci.h"

#define ATTACH_PATH_BYTES     1024
#define ATTACH_DOCUMENT_BYTES BLOB_BYTES

struct attach_work {
	const char *path;
	const struct attach_request *request;
	struct arena arena;
	struct view view;
	struct signed_list had;
	struct texts rows; /* entries of the new index */
};

/* Does the new signature take the place of this one: same key, same kind? */
bool attach_replaces(const struct attach_work *w, const struct signed_item *x);

/* Store bytes as a blob of the layout. 0 or -1. */
int attach_blob(const struct attach_work *w, const char *type,
	struct buf *bytes, struct oci_blob *blob, struct err *e);

#endif
