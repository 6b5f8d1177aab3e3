/*
 * p256 - ECDSA signatures on the curve P-256, by BearSSL.
 *
 * The nonce is derived from key and digest (RFC 6979), so a signature needs no
 * random numbers and equal inputs give equal bytes.  What touches a secret runs
 * in a time that does not depend on it.  Callers wipe secrets.
 * Source: FIPS 186-5; RFC 6979; SEC 1 sections 2.3 and C.5.
 */
#ifndef KEELSON_IMAGES_SIGN_P256_H
#define KEELSON_IMAGES_SIGN_P256_H

#include "lib/arc/sha256.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

#define P256_SECRET_BYTES    32
#define P256_POINT_BYTES     65 /* 04, x, y */
#define P256_SIGNATURE_BYTES 72 /* at most, as DER */

/* The public point.  -1 (ERR_INPUT): the secret is 0, or the order or more. */
int p256_point(const unsigned char secret[P256_SECRET_BYTES],
	unsigned char point[P256_POINT_BYTES], struct err *e);

/* Is it uncompressed, and on the curve? */
bool p256_is_point(const unsigned char point[P256_POINT_BYTES]);

/* A new secret from getrandom(2).  0 or -1. */
int p256_new_secret(unsigned char secret[P256_SECRET_BYTES], struct err *e);

/* Sign a digest with a secret that p256_point() took; the bytes of the DER. */
size_t p256_sign(const unsigned char secret[P256_SECRET_BYTES],
	const unsigned char digest[SHA256_BYTES],
	unsigned char signature[P256_SIGNATURE_BYTES]);

/* Is it the signature of this digest?  False also when it is malformed. */
bool p256_verify(const unsigned char point[P256_POINT_BYTES],
	const unsigned char digest[SHA256_BYTES], struct str signature);

#endif
