/*
 * verify_image - is every byte of an image what the index says, does the SBOM
 * list exactly its files, and did those sign it whose keys are given?
 */
#ifndef KEELSON_IMAGES_CMD_VERIFY_IMAGE_H
#define KEELSON_IMAGES_CMD_VERIFY_IMAGE_H

#include "images/cmd/verify_keys.h"

#define VERIFY_NAMES_BYTES ((size_t)64 << 20) /* names of one image */
#define VERIFY_TEXT_BYTES  ((size_t)1 << 20)

struct verify_wish {
	const struct verify_keys *keys; /* none: anybody's */
	bool requires_sbom;
	struct arena *arena;  /* for names; the caller resets it */
	const char *platform; /* the image for this one (choice.h); or NULL: */
	size_t at;            /* which of the images at the path; from 0 */
};

struct verify_result {
	struct buf name; /* of the image: PATH, among several with its name */
	size_t n_images; /* that the path has; 0 if it cannot be read */
	size_t files;
	bool has_sbom;
	bool has_signed[ARGS_LIST_MAX]; /* by key */
	struct buf attested;            /* lines: TYPE by KEY */
	struct buf others;              /* lines: who made another image */
};

/*
 * Check the layout or tar at path.  *f begins with three growing buffers, and
 * is freed in any case.  0, or -1: the first fault.
 */
int verify_image(const struct verify_wish *w, const char *path,
	struct verify_result *f, struct err *e);

void verify_result_free(struct verify_result *f);

#endif
