/*
 * attach - put a signature or an attestation into an OCI layout, in both of
 * cosign's layouts.
 *
 * Under a tag: sha256-HEX.sig with claims, sha256-HEX.att with envelopes, for
 * cosign 2 and registries of any age.  As a referrer of the image: a sigstore
 * bundle, for cosign 3 and the referrers API.  Other entries of the index stay
 * as they are; those of signatures are in an order of their own, so that the
 * layout is the same whoever signs first.  A key signs a kind of statement
 * once: a later one takes the place of the earlier.
 *
 * Blobs are written first and the index is replaced as a whole, so that a
 * reader finds the old layout or the new one.
 * Source: sigstore cosign specs/SIGNATURE_SPEC.md and BUNDLE_SPEC.md; OCI
 * distribution-spec 1.1, "Referrers tag schema".
 */
#ifndef KEELSON_IMAGES_ATTACH_ATTACH_H
#define KEELSON_IMAGES_ATTACH_ATTACH_H

#include "images/attach/attach_request.h"

struct attach_result {
	char digest[sizeof("sha256:") + SHA256_HEX]; /* of the image */
};

/*
 * Change the layout at path.  0 or -1: what view_open() and signed_read()
 * refuse; a tar (ERR_USAGE); a statement about another image or of another type
 * (ERR_INPUT).
 */
int attach_put(const char *path, const struct attach_request *r,
	struct attach_result *out, struct err *e);

#endif
