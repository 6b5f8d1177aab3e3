/*
 * find_sbom - the SBOM of an image: its referrer, else the file that the image
 * itself holds below /usr/share/sbom.  A tar for podman or docker has only the
 * latter, because they load no referrers.
 */
#ifndef KEELSON_IMAGES_READ_FIND_SBOM_H
#define KEELSON_IMAGES_READ_FIND_SBOM_H

#include "images/read/listing.h"
#include "images/read/view.h"

/*
 * *spdx is the parsed document, in the view's arena, or NULL when there is
 * none; hex is the SHA-256 of its bytes.  0, or -1: the layer lacks the
 * referrer's SBOM, holds more than one, or the SBOM is not JSON or has keys
 * that readers take differently (spelling.h).
 */
int find_sbom(struct view *v, const struct listing *layer,
	const struct node **spdx, char hex[SHA256_HEX + 1], struct err *e);

#endif
