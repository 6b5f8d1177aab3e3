/*
 * download - a blob out of a registry into a file (distribution-spec 1.1
 * "Pulling blobs").
 *
 * It grows under NAME.partial and gets its name when its digest is right.  A
 * download that breaks off goes on where it is, in this run (DOWNLOAD_TRIES)
 * or in the next, which finds the file; a registry that sends all of it again
 * is taken as well.
 */
#ifndef KEELSON_IMAGES_SHIP_DOWNLOAD_H
#define KEELSON_IMAGES_SHIP_DOWNLOAD_H

#include "images/ship/piece.h"
#include "images/ship/registry.h"

#define DOWNLOAD_TRIES 5 /* without a byte more in between */

/*
 * Bring the blob to the file `name` below the directory dir.  0, or -1;
 * ERR_INPUT: other bytes came than the digest says, and nothing is kept.
 */
int download_blob(struct registry *r, const struct piece *p, int dir,
	const char *name, struct err *e);

#endif
