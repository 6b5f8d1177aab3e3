/*
 * claim - the text that cosign signs in its older layout: which manifest, under
 * which name ("simple signing").
 *
 * Source: containers/image docs/containers-signature.5.md, "The JSON
 * signature format"; sigstore cosign specs/SIGNATURE_SPEC.md.
 */
#ifndef KEELSON_IMAGES_SIGN_CLAIM_H
#define KEELSON_IMAGES_SIGN_CLAIM_H

#include "lib/base/json.h"

#define CLAIM_KEY "dev.cosignproject.cosign/signature" /* annotation */

/* Append the claim that the manifest `digest` is what `reference` names. */
void claim_put(struct buf *out, const char *digest, struct str reference);

/*
 * Check a claim.  0 or -1 (ERR_INPUT): malformed, of another type, about
 * another digest.
 */
int claim_check(
	struct str text, const char *digest, struct arena *a, struct err *e);

#endif
