/*
 * image_licences - the licences of what is in an image, as files in it:
 *
 *	usr/share/doc/PACKAGE/copyright    whose it is, under which licence
 *	usr/share/common-licenses/GPL-2    a text that packages share
 */
#ifndef KEELSON_IMAGES_ASSEMBLE_IMAGE_LICENCES_H
#define KEELSON_IMAGES_ASSEMBLE_IMAGE_LICENCES_H

#include "rootfs/tree.h"
#include "sbom/items/items.h"

/* ERR_DENIED: licences that exclude each other in one program, or a text that
   has to go along and was not found; with the chain that causes it. */
int image_licences_check(const struct notice *n, struct err *e);

/* Add the files to an open tree; one that a definition put there stays.  The
   project's own is in NAME-project where a package has its name; two packages
   of one name are an error. 0 or -1. */
int image_licences_add(
	const struct items *items, struct tree *t, struct err *e);

#endif
