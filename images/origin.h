/*
 * origin - where an image is read from: the directory of an OCI layout, or a
 * tar of one (what `skopeo copy oci-archive:` and `keelson image build` write).
 *
 * A tar is read through once, to learn where its files begin; after that each
 * is read in its place, so nothing is unpacked.
 */
#ifndef KEELSON_IMAGES_ORIGIN_H
#define KEELSON_IMAGES_ORIGIN_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

#include <stdint.h>

#define ORIGIN_FILES_MAX 4096 /* of one archive */

struct origin {
	const char *path; /* the caller's */
	bool is_archive;
	struct origin_file *files; /* in the arena */
	size_t n;
};

/* The arena lives as long as the origin. 0 or -1. */
int origin_open(
	const char *path, struct arena *a, struct origin *o, struct err *e);

/*
 * Open a file by its name in the layout ("index.json"); the descriptor stands
 * at its first byte and is the caller's.  In an archive others follow behind
 * its size_bytes.  0 or -1.
 */
int origin_file(const struct origin *o, const char *name, int *fd,
	uint64_t *size_bytes, struct err *e);

#endif
