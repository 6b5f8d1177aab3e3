/*
 * index_row - an entry of the index that a layout or an archive gets
 * (image-spec image-index.md, annotations.md).
 */
#ifndef KEELSON_IMAGES_SHIP_INDEX_ROW_H
#define KEELSON_IMAGES_SHIP_INDEX_ROW_H

#include "images/ship/to.h"

struct index_row {
	const struct to_document *document;
	const char *ref_name;   /* for org.opencontainers.image.ref.name */
	const char *image_name; /* for containerd, of an image; or NULL */
	const char *hidden_tag; /* entries.h: in the place of ref_name */
	struct str config;      /* of an image: says the platform; or empty */
};

/*
 * Append the descriptor and a comma.  A referrer keeps its annotations, by
 * which readers choose.  0, or -1: the buffer is full (ERR_LIMIT).
 */
int index_row_put(const struct index_row *row, struct buf *out, struct err *e);

#endif
