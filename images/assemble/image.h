/*
 * image - build one image from its definition.
 */
#ifndef KEELSON_IMAGES_ASSEMBLE_IMAGE_H
#define KEELSON_IMAGES_ASSEMBLE_IMAGE_H

#include "images/assemble/image_request.h"
#include "lib/base/err.h"

/*
 * Build into OUT/NAME/ (layout), OUT/NAME.tar (to load) and
 * OUT/NAME.spdx.json.  Equal inputs give equal bytes; a failure leaves what
 * was there before. 0 or -1.
 */
int image_build(const struct image_request *r, struct image_result *result,
	struct err *e);

#endif
