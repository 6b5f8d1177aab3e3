/*
 * listing - files by path, sorted: what a layer holds (listing_layer.h), or
 * what an SBOM says of it (listing_sbom.h).
 */
#ifndef KEELSON_IMAGES_READ_LISTING_H
#define KEELSON_IMAGES_READ_LISTING_H

#include "lib/arc/sha256.h"
#include "lib/arc/tar_entry.h"
#include "lib/base/arena.h"

#define LISTING_MAX 262144 /* entries of a layer */

struct listed {
	struct str path;
	struct str link;
	enum tar_type type;
	uint32_t mode, uid, gid;
	uint64_t size_bytes;
	/* Of content, a hard link's too; of a symbolic link's target. */
	char sha256[SHA256_HEX + 1];
};

struct listing {
	struct arena *arena; /* holds the paths; the caller's */
	struct listed *items;
	size_t n, room;
};

/* Append a copy of x.  0, or -1 (ERR_LIMIT). */
int listing_add(struct listing *l, const struct listed *x, struct err *e);

/* When all are added.  0, or -1: a path occurs twice (ERR_INPUT). */
int listing_sort(struct listing *l, struct err *e);

void listing_free(struct listing *l);
#define AUTO_LISTING __attribute__((cleanup(listing_free)))

/* NULL when there is none; the listing is sorted. */
const struct listed *listing_find(const struct listing *l, struct str path);

#endif
