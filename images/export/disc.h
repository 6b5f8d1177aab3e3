/*
 * disc - an image as a file system of a file: alone with the hashes of
 * dm-verity in a file beside it, or both as partitions of one disc image, as
 * systemd takes system extensions and portable services.
 *
 * Which bytes it has follows from the image and the name alone, also the salt
 * and all UUIDs.
 */
#ifndef KEELSON_IMAGES_EXPORT_DISC_H
#define KEELSON_IMAGES_EXPORT_DISC_H

#include "images/read/view.h"
#include "lib/base/replace.h"

enum disc_kind {
	DISC_EROFS,  /* the whole image, without a partition table */
	DISC_SYSEXT, /* as fs_layer.h and fs_extra.h say */
	DISC_CONFEXT,
	DISC_PORTABLE,
};

struct disc_plan {
	const struct view *view;
	enum disc_kind kind;
	const char *name; /* of the extension or service */
	const char *arch; /* as OCI says it */
};

/* What was written. */
struct disc {
	char sha256[SHA256_HEX + 1]; /* of the file */
	char root_hash[SHA256_HEX + 1], salt[SHA256_HEX + 1];
	uint64_t bytes, data_blocks; /* of the file; of the file system */
	struct buf hashes;           /* of DISC_EROFS: for a file; owned */
	size_t n_left_out;           /* files of the image; the first: */
	char left_out[256];
};

/* Write it to an open file, which is not committed. 0 or -1; free *d. */
int disc_write(const struct disc_plan *plan, struct replace *file,
	struct disc *d, struct err *e);
void disc_free(struct disc *d);
#define AUTO_DISC __attribute__((cleanup(disc_free)))

#endif
