/*
 * transfer - an image with all that belongs to it, from one place to another.
 *
 * With the image go, of an index, the images of all platforms; whatever refers
 * to any of them (SBOMs, signatures, statements), and what refers to that; and
 * what cosign keeps under the tags sha256-HEX.sig, .att and .sbom.  Bytes are
 * carried as they are, so that every digest stays.  The image gets its name
 * when all the rest is there.
 * Limits: TRANSFER_ITEMS_MAX manifests of 4 MiB, TRANSFER_BLOBS_MAX blobs.
 */
#ifndef KEELSON_IMAGES_SHIP_TRANSFER_H
#define KEELSON_IMAGES_SHIP_TRANSFER_H

#include "images/ship/progress.h"
#include "images/ship/to.h"
#include "images/ship/transfer_items.h"

#define TRANSFER_BLOBS_MAX 8192

/* What to do; all of it the caller's. */
struct transfer_plan {
	const struct from *from;
	const struct to *to;
	struct progress *progress;
	const char *version; /* to take: a tag, a digest, or "" */
	const char *tag;     /* that it gets */
	const char *digest;  /* that it must have; NULL or "": any */
	bool is_alone;       /* without what refers to it */
};

/* What was done. */
struct transfer_sums {
	char digest[OCI_DIGEST_BYTES];       /* of the image */
	size_t sent, taken_over, were_there; /* blobs */
	uint64_t sent_bytes;
	size_t manifests; /* all, the image's among them */
	size_t referrers; /* those that refer to it, or by a tag */
};

/* 0 or -1. */
int transfer_run(const struct transfer_plan *plan, struct transfer_sums *out,
	struct err *e);

#endif
