/*
 * sign_key - a key of ECDSA P-256: public, or both halves.
 *
 * Its fingerprint is the SHA-256 of the public key as DER, which is what
 * `openssl pkey -pubin -outform DER | sha256sum` prints, and what sigstore's
 * bundles name a key by (there in base64).
 */
#ifndef KEELSON_IMAGES_SIGN_SIGN_KEY_H
#define KEELSON_IMAGES_SIGN_SIGN_KEY_H

#include "images/sign/p256.h"
#include "lib/base/buf.h"

#define SIGN_KEY_TEXT_BYTES 16384 /* of a file with a key, at most */

struct sign_key {
	unsigned char secret[P256_SECRET_BYTES]; /* zeros without it */
	unsigned char point[P256_POINT_BYTES];
	unsigned char id[SHA256_BYTES];
	char fingerprint[SHA256_HEX + 1];
};

/* Both halves from the secret one.  0, or -1 (ERR_INPUT). */
int sign_key_of_secret(const unsigned char secret[P256_SECRET_BYTES],
	struct sign_key *k, struct err *e);

/* 0, or -1 (ERR_INPUT): not on the curve. */
int sign_key_of_point(const unsigned char point[P256_POINT_BYTES],
	struct sign_key *k, struct err *e);

/* A new one. 0 or -1. */
int sign_key_new(struct sign_key *k, struct err *e);

/* Wipe it; a key of zeros is fine. */
void sign_key_wipe(struct sign_key *k);
#define AUTO_SIGN_KEY __attribute__((cleanup(sign_key_wipe)))

#endif
