/*
 * bundle - sigstore bundles: an envelope, and which key signed it.
 *
 * Source: sigstore protobuf-specs v0.3, sigstore_bundle.proto, in its JSON
 * form.
 */
#ifndef KEELSON_IMAGES_SIGN_BUNDLE_H
#define KEELSON_IMAGES_SIGN_BUNDLE_H

#include "images/sign/dsse.h"

/* Append a bundle.  key_id: SHA-256 of the public key. */
void bundle_put(struct buf *out, const unsigned char key_id[SHA256_BYTES],
	struct str type, struct str payload, struct str signature);

struct bundle {
	struct dsse envelope;
	struct str hint; /* which key; empty when a certificate says who */
};

/* 0 or -1: of another type, malformed, without an envelope (ERR_INPUT). */
int bundle_read(const struct node *doc, struct arena *a, struct bundle *out,
	struct err *e);

/* Does the hint name this key? */
bool bundle_names(struct str hint, const unsigned char key_id[SHA256_BYTES]);

#endif
