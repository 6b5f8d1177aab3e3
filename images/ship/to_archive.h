/*
 * to_archive - images that become one tar, written as a stream: an OCI layout
 * (image-spec image-layout.md), with docker's manifest.json beside it unless
 * that is left out.
 *
 * Each blob is in it once, whichever images have it.  Every image has its whole
 * name in the index, for containerd and for podman, and in manifest.json, for
 * docker.  SHA256SUMS lists all files before it.  Equal calls give equal bytes.
 */
#ifndef KEELSON_IMAGES_SHIP_TO_ARCHIVE_H
#define KEELSON_IMAGES_SHIP_TO_ARCHIVE_H

#include "images/ship/archive_files.h"
#include "images/ship/to.h"

struct to_archive_plan {
	int *fd;         /* to write to, and to read again; the caller's */
	bool has_docker; /* manifest.json */
	bool is_bundle;  /* SHA256SUMS; signatures have hidden tags (entries.h)
			  */
};

struct to_archive {
	struct to_archive_plan plan;
	struct arena arena; /* of all below */
	struct archive_files files;
	struct to_archive_image *images;
	size_t n_images, room;
	/* descriptors, each with a comma behind it: those of images first */
	struct buf rows, others;
	const char *name; /* that the next image gets; the caller's */
	const char *arch; /* of the images, in the arena; or NULL */
};

/* 0 or -1; close it in both cases. */
int to_archive_open(struct to_archive *t, const struct to_archive_plan *plan,
	struct err *e);
void to_archive_close(struct to_archive *t);

/*
 * For transfer_run(), once for each image; set t->name before.  Errors of its
 * functions: ERR_INPUT bytes that are not what their digest says, an image that
 * readers could take for another (unambiguous.h), of another architecture than
 * the first, or of a digest or name that is there already.
 */
struct to to_archive(struct to_archive *t);

/*
 * Write the index, manifest.json and sums, after the last image.  Other files
 * may have been added to t->files. 0 or -1.
 */
int to_archive_end(struct to_archive *t, struct err *e);

#endif
