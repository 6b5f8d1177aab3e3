/*
 * verify_sbom - does an SBOM list exactly the files that the image holds?
 */
#ifndef KEELSON_IMAGES_CMD_VERIFY_SBOM_H
#define KEELSON_IMAGES_CMD_VERIFY_SBOM_H

#include "images/read/listing.h"
#include "lib/base/node.h"

/*
 * self_hex: the SHA-256 of the SBOM, which does not list itself.  0 or -1
 * (ERR_INPUT) with the first file that differs.
 */
int verify_sbom(const struct node *spdx, const char *self_hex,
	const struct listing *layer, struct arena *a, struct err *e);

#endif
