/*
 * key_der - keys of P-256 as DER.
 *
 * Source: RFC 5480 (public keys), RFC 5915 (EC private keys), RFC 5958 (their
 * PKCS#8 frame).
 */
#ifndef KEELSON_IMAGES_SIGN_KEY_DER_H
#define KEELSON_IMAGES_SIGN_KEY_DER_H

#include "images/sign/p256.h"
#include "lib/base/buf.h"

#define KEY_PUBLIC_BYTES  91  /* SubjectPublicKeyInfo */
#define KEY_PRIVATE_BYTES 138 /* PKCS#8, as we write it */

void key_der_put_public(
	const unsigned char point[P256_POINT_BYTES], struct buf *out);
void key_der_put_private(const unsigned char secret[P256_SECRET_BYTES],
	const unsigned char point[P256_POINT_BYTES], struct buf *out);

/*
 * Readers; 0, or -1 (ERR_INPUT): malformed, another algorithm or curve, a
 * compressed point.  The point is not checked to be on the curve.
 */
int key_der_public(
	struct str der, unsigned char point[P256_POINT_BYTES], struct err *e);

/* A private key.  *point: empty when it has none, else a view into der. */
struct key_der_private {
	unsigned char secret[P256_SECRET_BYTES];
	struct str point;
};

int key_der_pkcs8(struct str der, struct key_der_private *out, struct err *e);
int key_der_sec1(struct str der, struct key_der_private *out, struct err *e);

#endif
