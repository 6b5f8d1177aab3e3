/*
 * statement - in-toto statements about an image: its digest, and a predicate,
 * which is what is said of it.
 *
 * Written as one line with the digest as the only subject.  The predicate is
 * carried as its file has it, byte for byte.
 * Source: in-toto attestation v1, spec/v1/statement.md; cosign's
 * pkg/cosign/attestation for the names of types.
 */
#ifndef KEELSON_IMAGES_SIGN_STATEMENT_H
#define KEELSON_IMAGES_SIGN_STATEMENT_H

#include "lib/base/json.h"

#define STATEMENT_TYPE "application/vnd.in-toto+json" /* of the payload */

/* The predicate of a signature: nothing but "this image". */
#define STATEMENT_SIGNED "https://sigstore.dev/cosign/sign/v1"

/*
 * The URI of a predicate by the short name that `attest --type` and cosign have
 * for it: spdx, cyclonedx, openvex, slsaprovenance.  A URI stands for itself.
 * NULL when it is neither.
 */
const char *statement_predicate(const char *name);

/* The short names, for messages and help. */
#define STATEMENT_NAMES "spdx, cyclonedx, openvex, slsaprovenance"

/*
 * Append a statement.  hex: the SHA-256 of the image's manifest.  predicate:
 * JSON, which the caller has parsed.
 */
void statement_put(struct buf *out, const char *hex, const char *predicate_type,
	struct str predicate);

struct statement {
	struct str predicate_type; /* in the arena */
};

/*
 * Read a statement and check that it is about an image: v1, or the v0.1 that
 * cosign 2 writes.  0 or -1 (ERR_INPUT): malformed; a key twice; none of its
 * subjects has this digest.
 */
int statement_read(struct str text, const char *hex, struct arena *a,
	struct statement *out, struct err *e);

#endif
