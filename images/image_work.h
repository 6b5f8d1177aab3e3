/*
 * image_work - an image under construction, as the parts of image.c share it.
 */
#ifndef KEELSON_IMAGES_IMAGE_WORK_H
#define KEELSON_IMAGES_IMAGE_WORK_H

#include "images/image.h"
#include "images/layout.h"
#include "rootfs/tree.h"

#define IMAGE_DOCUMENT_BYTES ((size_t)1 << 20)   /* config, manifest, index */
#define IMAGE_TEXT_BYTES     512                 /* a tag, a path */
#define IMAGE_SBOM_BYTES     ((size_t)128 << 20) /* an SBOM, parsed */

struct image_work {
	const struct image_request *r;
	struct image_result *result;
	struct definition d;
	struct tree tree;
	struct buf sbom;
	struct arena arena; /* of the SBOM, parsed */
	struct str licences;
	struct layout layout;
	char diff_id[OCI_DIGEST_BYTES];
	struct oci_blob layer, config, manifest;
	struct oci_blob empty, sbom_blob, referrer;
	char sbom_path[IMAGE_TEXT_BYTES]; /* with '/' in front */
	char created[OCI_TIME_BYTES];
	char tag[IMAGE_TEXT_BYTES]; /* "localhost/keelson/static:0.1.0" */
};

/* Assemble the tree, write its SBOM, put that into the tree. */
int image_make_tree(struct image_work *w, struct err *e);

/* Layer, config, manifest, referrer and index into the layout. */
int image_make_layout(struct image_work *w, struct err *e);

/* The index of the image alone, or with its referrers. */
void image_write_index(
	const struct image_work *w, bool with_referrers, struct buf *out);

#endif
