/*
 * listing_sbom - the files that an SBOM says the image holds.
 */
#ifndef KEELSON_IMAGES_READ_LISTING_SBOM_H
#define KEELSON_IMAGES_READ_LISTING_SBOM_H

#include "images/read/listing.h"
#include "lib/base/node.h"

/*
 * The files that an SPDX 2.3 document says the image CONTAINS, with paths and
 * hashes.  Free *l in any case.
 * 0 or -1 (ERR_INPUT): a file without SHA-256, two of one name.
 */
int listing_sbom(const struct node *spdx, struct arena *a, struct listing *l,
	struct err *e);

#endif
