/*
 * image_work - an image under construction, shared by the steps of image.c.
 */
#ifndef KEELSON_IMAGES_ASSEMBLE_IMAGE_WORK_H
#define KEELSON_IMAGES_ASSEMBLE_IMAGE_WORK_H

#include "images/assemble/image_request.h"
#include "images/assemble/layout.h"
#include "rootfs/tree.h"

#define IMAGE_DOCUMENT_BYTES ((size_t)1 << 20)  /* config, manifest, index */
#define IMAGE_TEXT_BYTES     512                /* a tag, a path */
#define IMAGE_ARENA_BYTES    ((size_t)64 << 10) /* the licence expression */

struct image_work {
	const struct image_request *r;
	struct definition d;
	struct tree tree;
	struct buf sbom;
	struct arena arena;
	struct str licences; /* of the whole image, in the arena */
	struct layout layout;
	struct layout_layer layer;
	struct oci_blob config, manifest;
	struct oci_blob empty, sbom_blob, referrer;
	char sbom_path[IMAGE_TEXT_BYTES]; /* absolute path in the image */
	char created[OCI_TIME_BYTES];
	char tag[IMAGE_TEXT_BYTES]; /* "localhost/keelson/static:0.1.0" */
};

#endif
