/*
 * item_files - the files of components, read once more for their SHA-512 and
 * for the address that names their bytes.
 */
#ifndef KEELSON_SBOM_ITEMS_ITEM_FILES_H
#define KEELSON_SBOM_ITEMS_ITEM_FILES_H

#include "sbom/items/items.h"

/*
 * A file of the lock in build/sources: SHA-512, and as place the address of
 * these bytes at snapshot.debian.org.  Where it was not kept, the address of
 * its name in Debian's pool. 0, or -1: it is not what the lock says.
 */
int item_read_pinned(const struct items *items, struct item *to,
	const struct lock_line *line, struct err *e);

/* A file of the build: its SHA-512, if it is there with that SHA-256.  0, or
   -1: it has changed. */
int item_read_made(const struct items *items, struct item *to,
	struct evidence_made file, struct err *e);

#endif
