/*
 * pick - take chosen files out of an unpacked, pinned Debian package.
 *
 * rootfs/pick/NAME.yaml lists them (docs/formats/image.md).  The package is
 * unpacked in a directory named like its .deb without ".deb"; the .deb is the
 * origin that the SBOM finds in the lock.
 */
#ifndef KEELSON_ROOTFS_PICK_H
#define KEELSON_ROOTFS_PICK_H

#include "lib/base/err.h"
#include "rootfs/tree.h"

/*
 * Add the files that `file` picks to the tree.
 * @packages  directory of unpacked packages
 * 0, or -1 with file and line: an unknown key, a package that is missing or
 * there twice, a path that the package does not have.
 */
int pick_add(
	const char *file, const char *packages, struct tree *t, struct err *e);

#endif
