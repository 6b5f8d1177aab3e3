/*
 * bill - the SBOM of an image: what refers to it, else what it holds itself
 * below /usr/share/sbom.  Archives have only the latter, for podman and docker
 * load no referrers.
 */
#ifndef KEELSON_IMAGES_BILL_H
#define KEELSON_IMAGES_BILL_H

#include "images/listing.h"

/*
 * *spdx is the parsed document, in the view's arena, or null when there is
 * none; hex is the SHA-256 of its bytes.  Errors: a referrer's SBOM that the
 * layer does not hold as well, more than one in the layer, no JSON.
 */
int bill_find(struct view *v, const struct listing *layer,
	const struct node **spdx, char hex[SHA256_HEX + 1], struct err *e);

#endif
