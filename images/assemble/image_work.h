/*
 * image_work - an image under construction, shared by the steps of image.c.
 */
#ifndef KEELSON_IMAGES_ASSEMBLE_IMAGE_WORK_H
#define KEELSON_IMAGES_ASSEMBLE_IMAGE_WORK_H

#include "images/assemble/image_request.h"
#include "images/assemble/layout.h"
#include "rootfs/tree.h"
#include "sbom/sbom.h"

#define IMAGE_DOCUMENT_BYTES ((size_t)1 << 20)  /* config, manifest, index */
#define IMAGE_ARENA_BYTES    ((size_t)64 << 20) /* of what the SBOM knows */
#define IMAGE_TEXT_BYTES     512                /* a tag, a path */

enum { IMAGE_SBOMS = 3 };

struct image_sbom {
	struct buf text;
	struct oci_blob blob, referrer;
};

struct image_work {
	const struct image_request *r;
	struct definition d;
	struct tree tree;
	struct arena arena; /* what the SBOM knows of the files */
	struct sbom made;   /* what is known of them and behind them */
	struct image_sbom sboms[IMAGE_SBOMS]; /* image_sboms.h */
	struct layout layout;
	struct layout_layer layer;
	struct oci_blob config, manifest;
	struct oci_blob empty;
	char sbom_path[IMAGE_TEXT_BYTES]; /* absolute path in the image */
	char created[OCI_TIME_BYTES];
	char tag[IMAGE_TEXT_BYTES]; /* "localhost/keelson/static:0.1.0" */
};

#endif
