/*
 * attach_request - what is to be put into a layout (attach.h).
 */
#ifndef KEELSON_IMAGES_ATTACH_ATTACH_REQUEST_H
#define KEELSON_IMAGES_ATTACH_ATTACH_REQUEST_H

#include "images/sign/sign_key.h"

struct attach_request {
	const struct sign_key *key; /* with its secret */
	/* Of a signature: the repository in its claim; empty: the image's
	   io.containerd.image.name, if it has one. */
	struct str reference;
	/* Of an attestation: the type of its predicate, and that as JSON, or
	   a whole statement of this type about this image. */
	const char *predicate_type; /* NULL: sign the image */
	struct str predicate;
};

#endif
