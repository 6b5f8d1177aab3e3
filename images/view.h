/*
 * view - an OCI image layout being read, from its directory or a tar of one:
 * nothing in it is believed before its digest is checked.
 */
#ifndef KEELSON_IMAGES_VIEW_H
#define KEELSON_IMAGES_VIEW_H

#include "images/layout.h"
#include "images/origin.h"
#include "lib/arc/oci.h"
#include "lib/arc/tar_read.h"
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/node.h"

#define VIEW_BYTES          ((size_t)256 << 20) /* documents, parsed */
#define VIEW_DOCUMENT_BYTES ((size_t)32 << 20)  /* one document */
#define VIEW_LAYER_BYTES    ((uint64_t)4 << 30) /* a layer, expanded */

struct view {
	struct arena arena;
	struct origin origin;
	const char *dir; /* or archive, for messages */
	const struct node *index;
	const struct node *image;    /* its descriptor in the index */
	const struct node *manifest; /* of the image */
	const struct node *config;
	const struct node *layer; /* the descriptor of its one layer */
};

/*
 * Read index, manifest and config of the one image in a layout.
 * Errors: not a layout, no image or several, more than one layer, bytes that
 * are not what their descriptor says.
 */
int view_open(const char *dir, struct view *v, struct err *e);
void view_close(struct view *v);
#define AUTO_VIEW __attribute__((cleanup(view_close)))

/* A descriptor's bytes, checked against size and digest, parsed. */
int view_document(struct view *v, const struct node *descriptor,
	const struct node **out, struct err *e);

/*
 * The content of the referrer of a type (OCI_SPDX), as the descriptor of its
 * one layer.  *out is null when the layout has none for this image.
 */
int view_referrer(struct view *v, const char *type, const struct node **out,
	struct err *e);

/*
 * Stream the layer's entries to `told`; size, digest and diff_id are checked
 * at the end, so nothing told is certain before this returns 0.
 */
int view_layer(
	const struct view *v, const struct tar_told *told, struct err *e);

/* "sha256:..." of a descriptor, "" when it has none. */
const char *view_digest(const struct node *descriptor);

/* An annotation of the image's descriptor or manifest, or "". */
struct str view_annotation(const struct view *v, const char *key);

#endif
