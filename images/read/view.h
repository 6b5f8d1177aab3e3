/*
 * view - an OCI image layout being read (image-spec image-layout.md), from
 * its directory or a tar of one.  Nothing is used before its digest has been
 * checked.
 */
#ifndef KEELSON_IMAGES_READ_VIEW_H
#define KEELSON_IMAGES_READ_VIEW_H

#include "images/read/choice.h"
#include "lib/arc/oci.h"
#include "lib/arc/tar_read.h"
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/node.h"

#define VIEW_BYTES          ((size_t)256 << 20) /* documents, parsed */
#define VIEW_DOCUMENT_BYTES BLOB_BYTES          /* one document */
#define VIEW_LAYER_BYTES    ((uint64_t)4 << 30) /* a layer, expanded */

struct view {
	struct arena arena;
	struct source source;
	const char *path; /* of the layout, for messages */
	size_t n_images;  /* in the index */
	const struct node *index;
	struct entries entries;      /* of the index, all of them checked */
	const struct node *image;    /* its descriptor in the index */
	const struct node *images;   /* descriptor of the index of images that
					it is in; NULL: in the layout's own */
	const struct node *manifest; /* of the image */
	const struct node *config;
	const struct node *layer; /* the descriptor of its one layer */
};

/*
 * Read index, manifest and config of the one image in a layout, or of the one
 * that is chosen.  0 or -1: not a layout, no image or several, not exactly one
 * layer, bytes that do not match their descriptor, documents that another
 * reader may take for another image (unambiguous.h).
 */
int view_open(const char *path, struct view *v, struct err *e);
int view_open_one(const char *path, const struct choice *choice, struct view *v,
	struct err *e);

/*
 * The same of the image at a position among several, from 0 to v->n_images - 1,
 * as a bundle has them.  They have different names and digests, or are for
 * different platforms.
 */
int view_open_at(const char *path, size_t at, struct view *v, struct err *e);

void view_close(struct view *v);
#define AUTO_VIEW __attribute__((cleanup(view_close)))

/* Parse the JSON that a descriptor names, once size and digest match. */
int view_document(struct view *v, const struct node *descriptor,
	const struct node **out, struct err *e);

/*
 * Find the referrer of a type (OCI_SPDX) to the image; *out is the descriptor
 * of its one layer, NULL when there is none.
 */
int view_referrer(struct view *v, const char *type, const struct node **out,
	struct err *e);

/*
 * Stream the layer's entries to `visitor`.  Size, digest and diff_id are
 * checked at the end, so nothing seen may be relied on before this returns 0.
 */
int view_layer(
	const struct view *v, const struct tar_visitor *visitor, struct err *e);

/* Is the subject of this manifest the image? */
bool view_is_subject(const struct view *v, const struct node *manifest);

/* "sha256:..." of a descriptor, "" when it has none. */
const char *view_digest(const struct node *descriptor);

/* An annotation of the image's descriptor or manifest, or of the index of
   images that it is in, or "". */
struct str view_annotation(const struct view *v, const char *key);

#endif
