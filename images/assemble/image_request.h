/*
 * image_request - what to build, and what came of it.
 */
#ifndef KEELSON_IMAGES_ASSEMBLE_IMAGE_REQUEST_H
#define KEELSON_IMAGES_ASSEMBLE_IMAGE_REQUEST_H

#include "images/assemble/assemble.h"
#include "lib/arc/oci.h"

#define IMAGE_NAME_BYTES 64

struct image_request {
	const char *definition; /* images/NAME.yaml */
	const struct project *project;
	struct definition_given given; /* for the definition */
	const char *out;               /* directory, "dist" */
	const char *version;
	const char *arch;     /* of arch.h: "amd64", "arm64" */
	const char *registry; /* prefix of the name: "localhost/keelson" */
	int64_t time_s;       /* of every file, since 1970 */
	const char *depfile;  /* for a make rule of the files read, or NULL */
};

struct image_result {
	char name[IMAGE_NAME_BYTES];
	char digest[OCI_DIGEST_BYTES]; /* of the manifest */
};

#endif
