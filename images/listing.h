/*
 * listing - what a layer holds, entry by entry in the order of names, and
 * what an SBOM says it holds.
 */
#ifndef KEELSON_IMAGES_LISTING_H
#define KEELSON_IMAGES_LISTING_H

#include "images/view.h"
#include "lib/arc/sha256.h"

#define LISTING_MAX 262144 /* entries of a layer */

struct listed {
	struct str path;
	struct str link;
	enum tar_type type;
	uint32_t mode, uid, gid;
	uint64_t size_bytes;
	char sha256[SHA256_HEX + 1]; /* of content; of a link's target */
};

struct listing {
	struct arena *arena; /* holds the names; the caller's */
	struct listed *items;
	size_t n, room;
	struct sha256 hash; /* of the entry being read */
};

/* Read the layer; everything is checked as view_layer() does. */
int listing_read(const struct view *v, struct arena *a, struct listing *l,
	struct err *e);
void listing_free(struct listing *l);
#define AUTO_LISTING __attribute__((cleanup(listing_free)))

/* NULL when there is none. */
const struct listed *listing_find(const struct listing *l, struct str path);

/*
 * The files that SPDX 2.3 says the image CONTAINS, as a listing of paths and
 * hashes. Errors: a file without SHA-256, two of one name.
 */
int listing_of_sbom(const struct node *spdx, struct arena *a, struct listing *l,
	struct err *e);

#endif
