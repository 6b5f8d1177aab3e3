/*
 * attach_tag - signatures under a tag: the layers that are there, and one more.
 */
#ifndef KEELSON_IMAGES_ATTACH_ATTACH_TAG_H
#define KEELSON_IMAGES_ATTACH_ATTACH_TAG_H

#include "images/attach/attach_work.h"

/*
 * Write the manifest of this kind with `bytes` as a layer, and append its row.
 * kind: ENTRY_SIGNATURES, bytes being a claim of that signature; or
 * ENTRY_ATTESTATIONS, bytes being an envelope.  0 or -1.
 */
int attach_tag(struct attach_work *w, enum entry_kind kind, struct buf *bytes,
	struct str signature, struct err *e);

#endif
