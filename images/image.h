/*
 * image - build one image from its definition: tree, SBOM, layer, documents,
 * archive.
 */
#ifndef KEELSON_IMAGES_IMAGE_H
#define KEELSON_IMAGES_IMAGE_H

#include "images/assemble.h"
#include "lib/arc/oci.h"
#include "lib/base/err.h"

#define IMAGE_NAME_BYTES 64

struct image_request {
	const char *definition; /* images/NAME.yaml */
	struct assemble_places at;
	const char *out; /* dist */
	const char *version;
	const char *arch;     /* "amd64" */
	const char *registry; /* in front of the name: "localhost/keelson" */
	int64_t time_s;
	const char *depfile; /* a makefile of what was read, or NULL */
};

struct image_result {
	char name[IMAGE_NAME_BYTES];
	char digest[OCI_DIGEST_BYTES]; /* of the manifest */
	uint64_t packed_bytes;         /* of the layer */
	size_t files;                  /* of the tree, directories left out */
	size_t packages;               /* of the SBOM */
};

/*
 * Build it into OUT/NAME/ (layout), OUT/NAME.tar (archive) and
 * OUT/NAME.spdx.json.  Equal inputs give equal bytes; a failure leaves what
 * was there before.
 */
int image_build(const struct image_request *r, struct image_result *result,
	struct err *e);

#endif
