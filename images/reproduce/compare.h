/*
 * compare - the results of two builds of a project.
 */
#ifndef KEELSON_IMAGES_REPRODUCE_COMPARE_H
#define KEELSON_IMAGES_REPRODUCE_COMPARE_H

#include "lib/arc/oci.h"
#include "lib/base/buf.h"
#include "sbom/evidence/evidence.h"

#include <stdbool.h>

#define COMPARE_IMAGES_MAX 256
#define COMPARE_NAME_BYTES 256

struct compare_build {
	const char *out;                 /* the directory of the images */
	const char *programs;            /* that of the programs */
	const struct evidence *evidence; /* NULL: was not recorded */
};

struct compare_image {
	char name[COMPARE_NAME_BYTES];
	char digest[OCI_DIGEST_BYTES]; /* of the first build */
	bool is_same;
};

struct compare {
	struct compare_build first, second;
	bool is_first_clean; /* its `out` has nothing but what it built */
	const char *work;    /* directory for the files that diffoscope reads */
	struct buf *said;    /* what differs, and why, in lines */
	struct buf *report;  /* what diffoscope says of it; NULL: not asked */
	struct compare_image images[COMPARE_IMAGES_MAX];
	size_t n_images;
	size_t n_differences; /* images and files */
};

/*
 * Compare all images (by digest) and other files of the first build's `out`
 * with those of the second.  Signatures do not count, since they are not of the
 * image.  A file that the second build did not make is a difference if
 * is_first_clean, else it is said; so are directories that are no layouts,
 * which are not compared.  0, or -1: something cannot be read; no image.
 */
int compare_builds(struct compare *c, struct err *e);

#endif
