/*
 * blob - what a layout holds under a digest, or as JSON under a name.
 *
 * Nothing is used before size and digest match.
 */
#ifndef KEELSON_IMAGES_READ_BLOB_H
#define KEELSON_IMAGES_READ_BLOB_H

#include "images/read/source.h"
#include "lib/base/buf.h"
#include "lib/base/node.h"

#define BLOB_BYTES ((size_t)32 << 20) /* of one that is read as a whole */

/* "sha256:..." of a descriptor, "" when it has none. */
const char *blob_digest(const struct node *descriptor);

/* Does what was read match its descriptor?  0, or -1 (ERR_INPUT). */
int blob_check(const struct node *descriptor, uint64_t size, const char *hex,
	struct err *e);

/* Append the bytes of a blob to a growing buffer.  0 or -1. */
int blob_read(const struct source *s, const struct node *descriptor,
	struct buf *out, struct err *e);

/* Parse the JSON that a descriptor names, into the arena.  0 or -1. */
int blob_document(const struct source *s, const struct node *descriptor,
	struct arena *a, const struct node **out, struct err *e);

/* Parse the JSON that a layout has by name, such as index.json. */
int blob_named(const struct source *s, const char *name, struct arena *a,
	const struct node **out, struct err *e);

#endif
