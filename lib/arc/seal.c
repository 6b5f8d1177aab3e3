/*
 * seal - the adapter of mbedTLS's primitives: it converts arguments and
 * error codes, and clamps X25519 scalars, which mbedTLS leaves to the caller.
 */
#include "lib/arc/seal.h"

#include <errno.h>
#include <mbedtls/chachapoly.h>
#include <mbedtls/ecdh.h>
#include <mbedtls/hkdf.h>
#include <string.h>
#include <sys/random.h>

static int seal_result(int code, const char *what, struct err *e)
{
	return code ? err_set(e, "%s failed (mbedTLS -0x%04x)", what,
			      (unsigned)-code)
		    : 0;
}

int seal_random(void *out, size_t n, struct err *e)
{
	unsigned char *p = out;

	while (n) {
		ssize_t got = getrandom(p, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(e, "getrandom");
		p += got;
		n -= (size_t)got;
	}
	return 0;
}

/* Random numbers with which mbedTLS blinds the multiplication. */
static int blind(void *none, unsigned char *out, size_t n)
{
	(void)none;
	return seal_random(out, n, NULL);
}

/* out = secret * point, in the little-endian form of RFC 7748. */
static int multiply(mbedtls_ecp_group *group, const unsigned char *secret,
	mbedtls_ecp_point *point, unsigned char *out)
{
	unsigned char clamped[SEAL_KEY_BYTES];
	mbedtls_mpi product;
	mbedtls_mpi scalar;
	int code;

	memcpy(clamped, secret, sizeof clamped);
	clamped[0] &= 248; /* RFC 7748 5 */
	clamped[31] = (unsigned char)((clamped[31] & 127) | 64);
	mbedtls_mpi_init(&scalar);
	mbedtls_mpi_init(&product);
	code = mbedtls_mpi_read_binary_le(&scalar, clamped, sizeof clamped);
	if (!code)
		code = mbedtls_ecdh_compute_shared(
			group, &product, point, &scalar, blind, NULL);
	if (!code)
		code = mbedtls_mpi_write_binary_le(
			&product, out, SEAL_KEY_BYTES);
	mbedtls_mpi_free(&product);
	mbedtls_mpi_free(&scalar);
	explicit_bzero(clamped, sizeof clamped);
	return code;
}

static int x25519(const unsigned char *secret, const unsigned char *peer,
	unsigned char *out)
{
	static const unsigned char base[SEAL_KEY_BYTES] = {9};
	unsigned char masked[SEAL_KEY_BYTES];
	mbedtls_ecp_group group;
	mbedtls_ecp_point point;
	int code;

	memcpy(masked, peer ? peer : base, sizeof masked);
	masked[31] &= 127; /* RFC 7748 5: the top bit is not part of u */
	mbedtls_ecp_group_init(&group);
	mbedtls_ecp_point_init(&point);
	code = mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_CURVE25519);
	if (!code)
		code = mbedtls_ecp_point_read_binary(
			&group, &point, masked, sizeof masked);
	if (!code)
		code = multiply(&group, secret, &point, out);
	mbedtls_ecp_point_free(&point);
	mbedtls_ecp_group_free(&group);
	return code;
}

int seal_x25519_public(const unsigned char secret[SEAL_KEY_BYTES],
	unsigned char out[SEAL_KEY_BYTES], struct err *e)
{
	return seal_result(x25519(secret, NULL, out), "X25519", e);
}

int seal_x25519(const unsigned char secret[SEAL_KEY_BYTES],
	const unsigned char peer[SEAL_KEY_BYTES],
	unsigned char out[SEAL_KEY_BYTES], struct err *e)
{
	static const unsigned char zero[SEAL_KEY_BYTES];

	if (seal_result(x25519(secret, peer, out), "X25519", e) < 0)
		return -1;
	if (str_same_secret((struct str){(const char *)out, SEAL_KEY_BYTES},
		    (struct str){(const char *)zero, SEAL_KEY_BYTES}))
		return err_kind(
			e, ERR_INPUT, "X25519: weak public key (low order)");
	return 0;
}

static const unsigned char *bytes(struct str s)
{
	return (const unsigned char *)s.p;
}

int seal_hkdf(struct str key, struct str salt, struct str info,
	unsigned char out[SEAL_KEY_BYTES], struct err *e)
{
	return seal_result(
		mbedtls_hkdf(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256),
			bytes(salt), salt.n, bytes(key), key.n, bytes(info),
			info.n, out, SEAL_KEY_BYTES),
		"HKDF", e);
}

int seal_hmac(const unsigned char key[SEAL_KEY_BYTES], struct str text,
	unsigned char out[SEAL_KEY_BYTES], struct err *e)
{
	return seal_result(
		mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256),
			key, SEAL_KEY_BYTES, bytes(text), text.n, out),
		"HMAC", e);
}

int seal_close(const unsigned char key[SEAL_KEY_BYTES],
	const unsigned char nonce[SEAL_NONCE_BYTES], struct str plain,
	unsigned char *out, struct err *e)
{
	mbedtls_chachapoly_context c;
	int code;

	mbedtls_chachapoly_init(&c);
	code = mbedtls_chachapoly_setkey(&c, key);
	if (!code)
		code = mbedtls_chachapoly_encrypt_and_tag(&c, plain.n, nonce,
			NULL, 0, bytes(plain), out, out + plain.n);
	mbedtls_chachapoly_free(&c);
	return seal_result(code, "encryption", e);
}

int seal_open(const unsigned char key[SEAL_KEY_BYTES],
	const unsigned char nonce[SEAL_NONCE_BYTES], struct str sealed,
	unsigned char *out, struct err *e)
{
	const unsigned char *in = bytes(sealed);
	mbedtls_chachapoly_context c;
	size_t n;
	int code;

	if (sealed.n < SEAL_TAG_BYTES)
		return err_kind(e, ERR_INPUT,
			"%zu bytes are too few for a sealed part", sealed.n);
	n = sealed.n - SEAL_TAG_BYTES;
	mbedtls_chachapoly_init(&c);
	code = mbedtls_chachapoly_setkey(&c, key);
	if (!code)
		code = mbedtls_chachapoly_auth_decrypt(
			&c, n, nonce, NULL, 0, in + n, in, out);
	mbedtls_chachapoly_free(&c);
	if (code == MBEDTLS_ERR_CHACHAPOLY_AUTH_FAILED)
		return err_kind(
			e, ERR_INPUT, "damaged, or not sealed with this key");
	return seal_result(code, "decryption", e);
}
