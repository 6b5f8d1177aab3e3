/*
 * unambiguous - is there one way to read the documents of an image?
 *
 * What is refused here some reader takes for another image than we do: it
 * chooses by other entries of the index, other keys, or the manifest.json that
 * docker reads in place of the index.  Pure.
 * Source: OCI image-spec 1.1 image-layout.md, image-index.md, manifest.md,
 * descriptor.md, config.md; docker's image specification v1.2 (manifest.json).
 */
#ifndef KEELSON_IMAGES_READ_UNAMBIGUOUS_H
#define KEELSON_IMAGES_READ_UNAMBIGUOUS_H

#include "lib/base/err.h"
#include "lib/base/node.h"

/* Each returns 0, or -1 (ERR_INPUT) with what is wrong. */

/* Any document: keys spelled as in the specification, each once. */
int unambiguous_keys(const struct node *document, struct err *e);

/*
 * Every entry is a manifest: the image's, or a referrer's, which has an
 * artifact type; or an index of images.  Keys are spelled as in the
 * specification, each once.
 */
int unambiguous_index(const struct node *index, struct err *e);

/*
 * An index of images has one for each platform, and says which: readers choose
 * by that.
 */
int unambiguous_platforms(const struct node *index, struct err *e);

/*
 * The manifest of the image: a configuration and layers of the types that we
 * read, each in the layout itself.
 */
int unambiguous_manifest(const struct node *manifest, struct err *e);

/*
 * The manifest of a referrer can be taken for no image: its type is that of
 * its entry in the index, if that has one, its configuration that of no image.
 */
int unambiguous_referrer(
	const struct node *entry, const struct node *manifest, struct err *e);

/*
 * A manifest whose tag says that it has signatures holds nothing that a reader
 * could unpack: all layers are claims or envelopes.
 */
int unambiguous_tagged(const struct node *manifest, struct err *e);

/*
 * The configuration: one diff_id for each layer, and the platform that the
 * entry in the index says, if it says one.
 */
int unambiguous_config(
	const struct node *config, const struct node *entry, struct err *e);

/*
 * docker's manifest.json names this configuration and this layer, by their
 * paths in the layout, for this image; of several images, by its name.
 */
struct unambiguous_image {
	const char *config_path, *layer_path;
	struct str name; /* for containerd; asked when there are several */
	size_t n;        /* images in the index */
};
int unambiguous_docker(const struct node *docker,
	const struct unambiguous_image *image, struct err *e);

/* The file oci-layout. */
int unambiguous_mark(const struct node *mark, struct err *e);

#endif
