/*
 * seal - the cryptographic primitives that archives are encrypted with.
 *
 * X25519 (RFC 7748), HKDF and HMAC with SHA-256 (RFC 5869, RFC 2104) and
 * ChaCha20-Poly1305 (RFC 8439), by mbedTLS; seal.c is the adapter.  Nothing
 * here keeps state; callers wipe what they got.
 */
#ifndef KEELSON_ARC_SEAL_H
#define KEELSON_ARC_SEAL_H

#include "lib/base/err.h"
#include "lib/base/str.h"

#define SEAL_KEY_BYTES   32
#define SEAL_NONCE_BYTES 12
#define SEAL_TAG_BYTES   16

/* Random bytes from the kernel (getrandom). 0 or -1. */
int seal_random(void *out, size_t n, struct err *e);

/* The public key of a secret one. 0 or -1. */
int seal_x25519_public(const unsigned char secret[SEAL_KEY_BYTES],
	unsigned char out[SEAL_KEY_BYTES], struct err *e);

/* The shared secret; refuses a peer key that makes it all zero. 0 or -1. */
int seal_x25519(const unsigned char secret[SEAL_KEY_BYTES],
	const unsigned char peer[SEAL_KEY_BYTES],
	unsigned char out[SEAL_KEY_BYTES], struct err *e);

int seal_hkdf(struct str key, struct str salt, struct str info,
	unsigned char out[SEAL_KEY_BYTES], struct err *e);
int seal_hmac(const unsigned char key[SEAL_KEY_BYTES], struct str text,
	unsigned char out[SEAL_KEY_BYTES], struct err *e);

/* Encrypt n bytes in place or to out, and the tag behind: n + 16 bytes. */
int seal_close(const unsigned char key[SEAL_KEY_BYTES],
	const unsigned char nonce[SEAL_NONCE_BYTES], const void *plain,
	size_t n, unsigned char *out, struct err *e);

/* The reverse: n counts the tag; n - 16 bytes to out. ERR_INPUT: forged. */
int seal_open(const unsigned char key[SEAL_KEY_BYTES],
	const unsigned char nonce[SEAL_NONCE_BYTES], const void *sealed,
	size_t n, unsigned char *out, struct err *e);

#endif
