/*
 * p256 - the only user of BearSSL's curves.
 *
 * Signatures are read by our own strict DER, because BearSSL's reader takes
 * several spellings of one: whoever has a signature could make others of it.
 */
#include "images/sign/p256.h"

#include "images/sign/der.h"

#include <bearssl_ec.h>
#include <string.h>
#include <sys/random.h>

#define P256_CURVE &br_ec_p256_m31

/* The order of the base point, FIPS 186-5 (SP 800-186 3.2.1.3). */
static const unsigned char order[P256_SECRET_BYTES] = {0xff, 0xff, 0xff, 0xff,
	0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2,
	0xfc, 0x63, 0x25, 0x51};

/* 0 < secret < order, without a branch on its bytes. */
static bool is_scalar(const unsigned char secret[P256_SECRET_BYTES])
{
	unsigned any = 0, borrow = 0;

	for (size_t i = P256_SECRET_BYTES; i-- > 0;) {
		any |= secret[i];
		borrow = (secret[i] - order[i] - borrow) >> 8 & 1;
	}
	return any != 0 && borrow;
}

static br_ec_private_key private_key(unsigned char secret[P256_SECRET_BYTES])
{
	return (br_ec_private_key){.curve = BR_EC_secp256r1,
		.x = secret,
		.xlen = P256_SECRET_BYTES};
}

int p256_point(const unsigned char secret[P256_SECRET_BYTES],
	unsigned char point[P256_POINT_BYTES], struct err *e)
{
	unsigned char copy[P256_SECRET_BYTES];
	br_ec_private_key key = private_key(copy);
	size_t n;

	if (!is_scalar(secret))
		return err_kind(e, ERR_INPUT,
			"the secret is no number of the curve P-256");
	memcpy(copy, secret, sizeof(copy));
	n = br_ec_compute_pub(P256_CURVE, NULL, point, &key);
	explicit_bzero(copy, sizeof(copy));
	return n == P256_POINT_BYTES ? 0 : err_set(e, "P-256 failed");
}

bool p256_is_point(const unsigned char point[P256_POINT_BYTES])
{
	static const unsigned char one = 1;
	unsigned char copy[P256_POINT_BYTES];

	memcpy(copy, point, sizeof(copy));
	return point[0] == 4 &&
	       (P256_CURVE)
			       ->mul(copy, sizeof(copy), &one, 1,
				       BR_EC_secp256r1) == 1;
}

int p256_new_secret(unsigned char secret[P256_SECRET_BYTES], struct err *e)
{
	do {
		if (getrandom(secret, P256_SECRET_BYTES, 0) !=
			P256_SECRET_BYTES)
			return err_sys(e, "getrandom");
	} while (!is_scalar(secret));
	return 0;
}

size_t p256_sign(const unsigned char secret[P256_SECRET_BYTES],
	const unsigned char digest[SHA256_BYTES],
	unsigned char signature[P256_SIGNATURE_BYTES])
{
	unsigned char copy[P256_SECRET_BYTES];
	br_ec_private_key key = private_key(copy);
	size_t n;

	memcpy(copy, secret, sizeof(copy));
	n = br_ecdsa_i31_sign_asn1(
		P256_CURVE, &br_sha256_vtable, digest, &key, signature);
	explicit_bzero(copy, sizeof(copy));
	return n;
}

/* SEC 1 C.5: SEQUENCE { r INTEGER, s INTEGER }; r and s in one row. */
static int read_signature(
	struct str der, unsigned char raw[2 * P256_SECRET_BYTES])
{
	struct str both;

	if (der_take(&der, DER_SEQUENCE, &both, "signature", NULL) < 0 ||
		der_end(der, "signature", NULL) < 0 ||
		der_take_big(&both, raw, P256_SECRET_BYTES, "r", NULL) < 0 ||
		der_take_big(&both, raw + P256_SECRET_BYTES, P256_SECRET_BYTES,
			"s", NULL) < 0)
		return -1;
	return der_end(both, "signature", NULL);
}

bool p256_verify(const unsigned char point[P256_POINT_BYTES],
	const unsigned char digest[SHA256_BYTES], struct str signature)
{
	unsigned char raw[2 * P256_SECRET_BYTES], copy[P256_POINT_BYTES];
	br_ec_public_key key = {
		.curve = BR_EC_secp256r1, .q = copy, .qlen = P256_POINT_BYTES};

	memcpy(copy, point, sizeof(copy));
	if (read_signature(signature, raw) < 0 || !is_scalar(raw) ||
		!is_scalar(raw + P256_SECRET_BYTES))
		return false;
	return br_ecdsa_i31_vrfy_raw(P256_CURVE, digest, SHA256_BYTES, &key,
		       raw, sizeof(raw)) == 1;
}
