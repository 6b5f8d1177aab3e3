/*
 * pbkdf2 - HMAC with SHA-256, and keys from passphrases.
 *
 * Source: RFC 2104; RFC 8018 section 5.2.
 */
#ifndef KEELSON_IMAGES_SIGN_PBKDF2_H
#define KEELSON_IMAGES_SIGN_PBKDF2_H

#include "lib/arc/sha256.h"

/* The states behind the two padded keys; wipe it after use. */
struct hmac_key {
	struct sha256 inner, outer;
};

void hmac_key_make(struct hmac_key *k, struct str key);
void hmac_sum(const struct hmac_key *k, struct str text,
	unsigned char out[SHA256_BYTES]);

/*
 * n bytes from a passphrase.  A million rounds take about half a second with
 * the processor's SHA instructions, some four without.
 */
void pbkdf2(struct str passphrase, struct str salt, uint32_t rounds,
	unsigned char *out, size_t n);

#endif
