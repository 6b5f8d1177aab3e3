/*
 * archive_docker - manifest.json of an archive of images, as `docker save`
 * writes it (docker's image specification v1.2).
 */
#ifndef KEELSON_IMAGES_SHIP_ARCHIVE_DOCKER_H
#define KEELSON_IMAGES_SHIP_ARCHIVE_DOCKER_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/node.h"

/* An image of the archive; all of it in the archive's arena. */
struct to_archive_image {
	const char *name, *digest;
	const char *config;  /* its path in the archive */
	const char **layers; /* theirs */
	size_t n_layers;
};

/* Take config and layers from its manifest. 0 or -1. */
int archive_docker_note(struct to_archive_image *x, const struct node *manifest,
	struct arena *a, struct err *e);

/* Append manifest.json. 0 or -1. */
int archive_docker_put(const struct to_archive_image *images, size_t n,
	struct buf *out, struct err *e);

#endif
