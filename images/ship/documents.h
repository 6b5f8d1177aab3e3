/*
 * documents - manifests and indexes in a registry, and what refers to them
 * (distribution-spec 1.1 "Pulling manifests", "Listing Referrers").
 */
#ifndef KEELSON_IMAGES_SHIP_DOCUMENTS_H
#define KEELSON_IMAGES_SHIP_DOCUMENTS_H

#include "images/ship/piece.h"
#include "images/ship/registry.h"

/*
 * Read the manifest or index of a tag or digest: its bytes replace those of
 * out, which grows to PIECE_DOCUMENT_BYTES; *p describes them.  The bytes are
 * checked against the digest that was asked for.  0 or -1 (ERR_ABSENT: 404).
 */
int documents_get(struct registry *r, const char *version, struct buf *out,
	struct piece *p, struct err *e);

/*
 * Write it under a tag, or its digest if tag is NULL.  *tells_referrers: the
 * registry has taken note of what it refers to (OCI-Subject). 0 or -1.
 */
struct documents_new {
	const struct piece *piece;
	struct str bytes;
	const char *tag; /* or NULL */
};
int documents_put(struct registry *r, const struct documents_new *d,
	bool *tells_referrers, struct err *e);

/*
 * The index of what refers to a digest, by the API of registries that have
 * it, else by the tag sha256-HEX; out is empty if there is none. 0 or -1.
 * Limit: the first page of 4 MiB; one that has more pages is refused.
 */
int documents_referrers(
	struct registry *r, const char *digest, struct buf *out, struct err *e);

/* "sha256-HEX" and a suffix: a tag that stands for a digest. */
#define DOCUMENTS_TAG_BYTES (OCI_DIGEST_BYTES + 8)
const char *documents_tag(
	const char *digest, const char *suffix, char out[DOCUMENTS_TAG_BYTES]);

#endif
