/*
 * dpkg_status - a package of Debian's release as a stanza of dpkg's database
 * (deb-control(5), dpkg-query(1)), by which scanners find it in an image.
 */
#ifndef KEELSON_SBOM_WRITE_DPKG_STATUS_H
#define KEELSON_SBOM_WRITE_DPKG_STATUS_H

#include "lib/base/buf.h"
#include "sbom/items/items.h"

/* Is this in Debian's release, and some of it in the image? */
bool dpkg_status_has(const struct item *x);

/* Append its stanza; true of what is inside only. */
void dpkg_status_write(
	const struct items *items, const struct item *x, struct buf *out);

#endif
