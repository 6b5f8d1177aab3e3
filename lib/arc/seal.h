/*
 * seal - the cryptographic primitives that archives are encrypted with.
 *
 * X25519 (RFC 7748), HKDF and HMAC with SHA-256 (RFC 5869, RFC 2104) and
 * ChaCha20-Poly1305 (RFC 8439), all by mbedTLS.  Nothing here keeps state;
 * callers wipe keys and plaintext.  Errors without a stated kind are failures
 * of mbedTLS (out of memory) or of the kernel.
 */
#ifndef KEELSON_ARC_SEAL_H
#define KEELSON_ARC_SEAL_H

#include "lib/base/err.h"
#include "lib/base/str.h"

#define SEAL_KEY_BYTES   32
#define SEAL_NONCE_BYTES 12
#define SEAL_TAG_BYTES   16

/* n random bytes from getrandom(2). 0 or -1. */
int seal_random(void *out, size_t n, struct err *e);

/* The public key of a secret key. 0 or -1. */
int seal_x25519_public(const unsigned char secret[SEAL_KEY_BYTES],
	unsigned char out[SEAL_KEY_BYTES], struct err *e);

/*
 * The shared secret.  Errors: ERR_INPUT it is all zero, because the peer's
 * key is a point of low order (RFC 7748 6.1).
 */
int seal_x25519(const unsigned char secret[SEAL_KEY_BYTES],
	const unsigned char peer[SEAL_KEY_BYTES],
	unsigned char out[SEAL_KEY_BYTES], struct err *e);

/* 0 or -1. */
int seal_hkdf(struct str key, struct str salt, struct str info,
	unsigned char out[SEAL_KEY_BYTES], struct err *e);
int seal_hmac(const unsigned char key[SEAL_KEY_BYTES], struct str text,
	unsigned char out[SEAL_KEY_BYTES], struct err *e);

/*
 * Encrypt: out receives plain.n bytes and the tag, plain.n + SEAL_TAG_BYTES;
 * it may be where plain is.  A nonce is used once with a key.
 */
int seal_close(const unsigned char key[SEAL_KEY_BYTES],
	const unsigned char nonce[SEAL_NONCE_BYTES], struct str plain,
	unsigned char *out, struct err *e);

/*
 * Decrypt and verify: sealed ends with the tag; out receives sealed.n -
 * SEAL_TAG_BYTES bytes.  Errors: ERR_INPUT damaged, or another key.
 */
int seal_open(const unsigned char key[SEAL_KEY_BYTES],
	const unsigned char nonce[SEAL_NONCE_BYTES], struct str sealed,
	unsigned char *out, struct err *e);

#endif
