/*
 * piece - a descriptor: what a blob or manifest is, and how long (image-spec
 * descriptor.md).
 */
#ifndef KEELSON_IMAGES_SHIP_PIECE_H
#define KEELSON_IMAGES_SHIP_PIECE_H

#include "lib/arc/oci.h"
#include "lib/base/err.h"
#include "lib/base/node.h"

#define PIECE_TYPE_BYTES     256
#define PIECE_BYTES_MAX      ((uint64_t)1 << 40)
#define PIECE_DOCUMENT_BYTES ((size_t)4 << 20) /* as registries take it */

struct piece {
	char digest[OCI_DIGEST_BYTES]; /* sha256 */
	uint64_t size_bytes;
	char type[PIECE_TYPE_BYTES]; /* media type */
};

/* 0, or -1 (ERR_INPUT): no digest of sha256, no size, too long a type. */
int piece_of(const struct node *descriptor, struct piece *out, struct err *e);

/* Of a document in memory. */
void piece_describe(struct piece *p, const char *type, struct str bytes);

/* Is it the type of an index, of OCI or docker? */
bool piece_is_index(const char *type);

/* Is it the type of a manifest or an index? */
bool piece_is_manifest(const char *type);

#endif
