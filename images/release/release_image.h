/*
 * release_image - an image of a release beside its documents.
 */
#ifndef KEELSON_IMAGES_RELEASE_RELEASE_IMAGE_H
#define KEELSON_IMAGES_RELEASE_RELEASE_IMAGE_H

#include "images/release/release_statement.h"

struct release_image {
	const char *dir;            /* of the release */
	struct str name;            /* of images/NAME, the layout */
	struct str version;         /* of the release */
	const struct sign_key *key; /* that signed the release */
	const struct release_list *files;
};

/*
 * Check that images/NAME.tar holds the same image as the layout, that the image
 * has the release's version, and that each document images/NAME.KIND.json, and
 * reproduction.json, is attested in the layout by the key with the very bytes.
 * *n: documents.
 * 0, or -1 (ERR_INPUT): the first fault.
 */
int release_image_check(
	const struct release_image *r, size_t *n, struct err *e);

/*
 * The type that an attestation of this document has: "spdx.json"; NULL: no
 * document of an image has this ending.
 */
const char *release_image_type(struct str ending);

#endif
