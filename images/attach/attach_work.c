/*
 * attach_work - blobs are written at once: until the index names them, nobody
 * looks at them.
 */
#include "images/attach/attach_work.h"

#include "lib/base/fd.h"
#include "lib/base/whole.h"

#include <stdio.h>

bool attach_replaces(const struct attach_work *w, const struct signed_item *x)
{
	const char *type = w->request->predicate_type;

	return x->is_alone && str_is(x->predicate, type ? type : "") &&
	       signed_by(x, w->request->key, NULL) > 0;
}

int attach_blob(const struct attach_work *w, const char *type,
	struct buf *bytes, struct oci_blob *blob, struct err *e)
{
	char name[OCI_BLOB_NAME_BYTES], path[ATTACH_PATH_BYTES];
	int n;

	if (whole_check(bytes, type, e) < 0)
		return -1;
	oci_describe(blob, type, buf_view(bytes));
	if (oci_blob_name(blob->digest, name, e) < 0)
		return -1;
	n = snprintf(path, sizeof(path), "%s/%s", w->path, name);
	if (n < 0 || (size_t)n >= sizeof(path))
		return err_kind(e, ERR_LIMIT, "%s: path too long", w->path);
	return file_write(path, buf_view(bytes), 0644, e);
}
