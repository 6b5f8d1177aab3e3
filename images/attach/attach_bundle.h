/*
 * attach_bundle - a sigstore bundle as a referrer of the image.
 */
#ifndef KEELSON_IMAGES_ATTACH_ATTACH_BUNDLE_H
#define KEELSON_IMAGES_ATTACH_ATTACH_BUNDLE_H

#include "images/attach/attach_work.h"

/* Write a bundle with this statement, and append its row.  0 or -1. */
int attach_bundle(struct attach_work *w, struct str statement,
	struct str signature, struct err *e);

#endif
