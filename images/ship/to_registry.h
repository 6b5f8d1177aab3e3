/*
 * to_registry - an image that goes into a registry.
 *
 * A registry that takes note of what refers to an image says so; for others
 * the list is kept under the tag sha256-HEX, as the specification has it.
 * Source: OCI distribution-spec 1.1 "Pushing Manifests with Subject",
 * "Referrers Tag Schema".
 */
#ifndef KEELSON_IMAGES_SHIP_TO_REGISTRY_H
#define KEELSON_IMAGES_SHIP_TO_REGISTRY_H

#include "images/ship/registry.h"
#include "images/ship/to.h"

#define TO_REGISTRY_NOTES_MAX 256

struct to_registry {
	struct registry *registry; /* the caller's, open */
	struct arena arena;
	struct to_registry_note *notes; /* for the lists under tags */
	size_t n;
	bool wrote_lists; /* under tags */
};

int to_registry_open(struct to_registry *t, struct registry *r, struct err *e);
void to_registry_close(struct to_registry *t);

struct to to_registry(struct to_registry *t);

/*
 * Append an index: what `index` lists (NULL: nothing), and the new descriptor
 * text, unless one of its digest is listed.  False: it is, and out is as it
 * was.  Pure.
 */
bool to_registry_list(const struct node *index, const char *digest,
	struct str descriptor, struct buf *out);

#endif
