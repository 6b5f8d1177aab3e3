/*
 * image_names - what the images of one index are called.
 *
 * containerd and podman choose an image by its whole name, the annotation
 * io.containerd.image.name; readers of OCI layouts by
 * org.opencontainers.image.ref.name.  Both must mean one image.
 */
#ifndef KEELSON_IMAGES_READ_IMAGE_NAMES_H
#define KEELSON_IMAGES_READ_IMAGE_NAMES_H

#include "images/read/entries.h"

/* The whole name; empty when the descriptor says none. */
struct str image_names_of(const struct node *descriptor);

/*
 * Among several images, this one has a name of its own for every reader.
 * image: its descriptor.  0 or -1 (ERR_INPUT).
 */
int image_names_check(
	const struct entries *all, const struct node *image, struct err *e);

#endif
