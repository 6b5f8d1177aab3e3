/*
 * entries - what the index of a layout lists: the image, or an index of one
 * image for each platform; what refers to them, and signatures under tags.
 *
 * A referrer has an empty configuration and an artifact type, and names its
 * subject.  cosign's older layout is a manifest with the tag sha256-HEX.sig or
 * sha256-HEX.att, HEX being the digest of the image; its layers are claims or
 * envelopes, which no reader unpacks.
 * Source: OCI image-spec 1.1 manifest.md; sigstore cosign
 * specs/SIGNATURE_SPEC.md.
 */
#ifndef KEELSON_IMAGES_READ_ENTRIES_H
#define KEELSON_IMAGES_READ_ENTRIES_H

#include "images/read/blob.h"

#define ENTRIES_MAX 4096 /* of an index */

/*
 * The annotation that says such a tag in a bundle, where org.opencontainers.
 * image.ref.name would make containerd unpack the signatures as an image.
 */
#define ENTRIES_HIDDEN_TAG "dev.keelson.tag"

enum entry_kind {
	ENTRY_IMAGE,
	ENTRY_REFERRER,
	ENTRY_SIGNATURES,
	ENTRY_ATTESTATIONS,
};

struct entry {
	enum entry_kind kind;
	struct str tagged; /* HEX of the tag, if the tag says what this is */
	const struct node *descriptor, *manifest;
	const struct node *index; /* descriptor of the index that names it, for
				     an image of several; else NULL */
};

struct entries {
	struct entry *items; /* in the arena, in the order of the index */
	size_t n;
};

/*
 * Read and check the manifest of each entry, and of each image that an entry
 * lists; of images, the caller checks more.  0 or -1: bytes that are not what
 * the descriptor says, a referrer or a signature that can be taken for an image
 * (ERR_INPUT); too many (ERR_LIMIT).
 */
int entries_read(const struct source *s, const struct node *index,
	struct arena *a, struct entries *out, struct err *e);

#endif
