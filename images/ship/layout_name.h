/*
 * layout_name - how a person names an image in an OCI layout: LAYOUT, or for
 * one of several images LAYOUT:TAG or LAYOUT:NAME:TAG, NAME being the whole
 * name or the end of it, "pause" of "localhost/keelson/pause".
 */
#ifndef KEELSON_IMAGES_SHIP_LAYOUT_NAME_H
#define KEELSON_IMAGES_SHIP_LAYOUT_NAME_H

#include "images/ship/reference.h"

#define LAYOUT_NAME_PATH_BYTES   4096
#define LAYOUT_NAME_WANTED_BYTES REFERENCE_TEXT_BYTES

/*
 * wanted: what stands behind the path of something that is there; or "".
 * 0, or -1 (ERR_USAGE): too long.
 */
int layout_name_split(const char *operand, char path[LAYOUT_NAME_PATH_BYTES],
	char wanted[LAYOUT_NAME_WANTED_BYTES], struct err *e);

/* Is there something of that path? */
bool layout_name_is_there(const char *operand);

#endif
