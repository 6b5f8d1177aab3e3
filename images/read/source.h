/*
 * source - where an image is read from: the directory of an OCI layout, or a
 * tar of one (written by `skopeo copy oci-archive:` or `keelson image build`).
 *
 * A tar is read through once, to learn where its files begin; after that each
 * file is read in place, so nothing is unpacked.
 */
#ifndef KEELSON_IMAGES_READ_SOURCE_H
#define KEELSON_IMAGES_READ_SOURCE_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

#include <stdint.h>

#define SOURCE_FILES_MAX 4096 /* of one tar */

struct source {
	const char *path; /* the caller's */
	bool is_tar;
	struct source_file *files; /* of a tar; in the arena */
	size_t n;
};

/*
 * The arena must live as long as the source.  0, or -1: not there, neither a
 * directory nor a tar, what tar_read.h refuses, more than SOURCE_FILES_MAX
 * files, two entries of one name, links and devices.
 */
int source_open(
	const char *path, struct arena *a, struct source *s, struct err *e);

/*
 * Open a file by its name in the layout ("index.json").  The descriptor is
 * the caller's and stands at the file's first byte; in a tar, further bytes
 * follow the file's size_bytes.  0 or -1.
 */
int source_file(const struct source *s, const char *name, int *fd,
	uint64_t *size_bytes, struct err *e);

/* Is there anything of this name? */
bool source_has(const struct source *s, const char *name);

#endif
