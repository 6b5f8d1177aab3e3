/*
 * release - what an image says it is, in the files that people, programs and
 * scanners look for: os-release(5), debian_version, dpkg's status.d.
 */
#ifndef KEELSON_IMAGES_ASSEMBLE_RELEASE_H
#define KEELSON_IMAGES_ASSEMBLE_RELEASE_H

#include "images/assemble/image_work.h"

/*
 * Add them to the open tree; which packages are inside is known (w->made).
 * A file that the definition has itself is left as it is, but for os-release.
 * 0 or -1.
 */
int release_add(struct image_work *w, struct err *e);

#endif
