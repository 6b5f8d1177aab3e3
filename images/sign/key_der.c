/*
 * key_der - nested sequences, written from the inside out.
 */
#include "images/sign/key_der.h"

#include "images/sign/der.h"

#include <string.h>

#define KEY_ROOM_BYTES 256

#define OID_EC   STR("\x2a\x86\x48\xce\x3d\x02\x01")
#define OID_P256 STR("\x2a\x86\x48\xce\x3d\x03\x01\x07")

static struct str view_of(const unsigned char *bytes, size_t n)
{
	return (struct str){(const char *)bytes, n};
}

/* ---- writing ---------------------------------------------------------- */

static void put_algorithm(struct buf *out)
{
	char room[KEY_ROOM_BYTES];
	struct buf b = buf_fixed(room, sizeof(room));

	der_put(&b, DER_OID, OID_EC);
	der_put(&b, DER_OID, OID_P256);
	der_put(out, DER_SEQUENCE, buf_view(&b));
}

static void put_point(
	const unsigned char point[P256_POINT_BYTES], struct buf *out)
{
	char room[1 + P256_POINT_BYTES];
	struct buf b = buf_fixed(room, sizeof(room));

	buf_byte(&b, 0); /* no unused bits */
	buf_put(&b, point, P256_POINT_BYTES);
	der_put(out, DER_BITS, buf_view(&b));
}

void key_der_put_public(
	const unsigned char point[P256_POINT_BYTES], struct buf *out)
{
	char room[KEY_ROOM_BYTES];
	struct buf b = buf_fixed(room, sizeof(room));

	put_algorithm(&b);
	put_point(point, &b);
	der_put(out, DER_SEQUENCE, buf_view(&b));
}

/* RFC 5915 3, without the curve, which the frame names. */
static void put_ec_private(const unsigned char secret[P256_SECRET_BYTES],
	const unsigned char point[P256_POINT_BYTES], struct buf *out)
{
	char room[KEY_ROOM_BYTES], inner[KEY_ROOM_BYTES];
	struct buf b = buf_fixed(room, sizeof(room));
	struct buf bits = buf_fixed(inner, sizeof(inner));

	der_put_small(&b, 1);
	der_put(&b, DER_OCTETS, view_of(secret, P256_SECRET_BYTES));
	put_point(point, &bits);
	der_put(&b, DER_CONTEXT(1), buf_view(&bits));
	der_put(out, DER_SEQUENCE, buf_view(&b));
	explicit_bzero(room, sizeof(room));
}

void key_der_put_private(const unsigned char secret[P256_SECRET_BYTES],
	const unsigned char point[P256_POINT_BYTES], struct buf *out)
{
	char room[KEY_ROOM_BYTES], inner[KEY_ROOM_BYTES];
	struct buf b = buf_fixed(room, sizeof(room));
	struct buf ec = buf_fixed(inner, sizeof(inner));

	der_put_small(&b, 0);
	put_algorithm(&b);
	put_ec_private(secret, point, &ec);
	der_put(&b, DER_OCTETS, buf_view(&ec));
	der_put(out, DER_SEQUENCE, buf_view(&b));
	explicit_bzero(room, sizeof(room));
	explicit_bzero(inner, sizeof(inner));
}

/* ---- reading ---------------------------------------------------------- */

static int take_curve(struct str *in, struct err *e)
{
	struct str oid;

	if (der_take(in, DER_OID, &oid, "curve", e) < 0)
		return -1;
	if (!str_eq(oid, OID_P256))
		return err_kind(e, ERR_INPUT,
			"a key of another curve: only P-256 is used here");
	return 0;
}

static int take_algorithm(struct str *in, struct err *e)
{
	struct str algorithm, oid;

	if (der_take(in, DER_SEQUENCE, &algorithm, "algorithm", e) < 0 ||
		der_take(&algorithm, DER_OID, &oid, "algorithm", e) < 0)
		return -1;
	if (!str_eq(oid, OID_EC))
		return err_kind(e, ERR_INPUT,
			"a key of another algorithm: only ECDSA P-256 is used "
			"here (keelson keygen)");
	if (take_curve(&algorithm, e) < 0)
		return -1;
	return der_end(algorithm, "algorithm", e);
}

static int take_point(struct str *in, struct str *point, struct err *e)
{
	struct str bits;

	if (der_take(in, DER_BITS, &bits, "public key", e) < 0)
		return -1;
	if (bits.n != 1 + P256_POINT_BYTES || bits.p[0] != 0 || bits.p[1] != 4)
		return err_kind(e, ERR_INPUT,
			"public key: not an uncompressed point of P-256");
	*point = str_sub(bits, 1, bits.n);
	return 0;
}

int key_der_public(
	struct str der, unsigned char point[P256_POINT_BYTES], struct err *e)
{
	struct str all, found;

	if (der_take(&der, DER_SEQUENCE, &all, "public key", e) < 0 ||
		der_end(der, "public key", e) < 0 ||
		take_algorithm(&all, e) < 0 ||
		take_point(&all, &found, e) < 0 ||
		der_end(all, "public key", e) < 0)
		return -1;
	memcpy(point, found.p, P256_POINT_BYTES);
	return 0;
}

/* The optional members: [0] the curve, [1] the public key. */
static int take_options(struct str *in, struct str *point, struct err *e)
{
	struct str part;

	if (der_is_next(*in, DER_CONTEXT(0)) &&
		(der_take(in, DER_CONTEXT(0), &part, "curve", e) < 0 ||
			take_curve(&part, e) < 0 ||
			der_end(part, "curve", e) < 0))
		return -1;
	if (der_is_next(*in, DER_CONTEXT(1)) &&
		(der_take(in, DER_CONTEXT(1), &part, "public key", e) < 0 ||
			take_point(&part, point, e) < 0 ||
			der_end(part, "public key", e) < 0))
		return -1;
	return der_end(*in, "private key", e);
}

int key_der_sec1(struct str der, struct key_der_private *out, struct err *e)
{
	struct str all, secret;
	uint32_t version;

	*out = (struct key_der_private){.point = STR("")};
	if (der_take(&der, DER_SEQUENCE, &all, "private key", e) < 0 ||
		der_end(der, "private key", e) < 0 ||
		der_take_small(&all, 1, &version, "version", e) < 0 ||
		der_take(&all, DER_OCTETS, &secret, "secret", e) < 0)
		return -1;
	if (version != 1 || secret.n != P256_SECRET_BYTES)
		return err_kind(e, ERR_INPUT,
			"private key: not version 1 with %d bytes",
			P256_SECRET_BYTES);
	if (take_options(&all, &out->point, e) < 0)
		return -1;
	memcpy(out->secret, secret.p, sizeof(out->secret));
	return 0;
}

int key_der_pkcs8(struct str der, struct key_der_private *out, struct err *e)
{
	struct str all, inner;
	uint32_t version;

	if (der_take(&der, DER_SEQUENCE, &all, "private key", e) < 0 ||
		der_end(der, "private key", e) < 0 ||
		der_take_small(&all, 0, &version, "version", e) < 0 ||
		take_algorithm(&all, e) < 0 ||
		der_take(&all, DER_OCTETS, &inner, "private key", e) < 0)
		return -1;
	/* Attributes, which say nothing about the key, may follow. */
	if (der_is_next(all, DER_CONTEXT(0)) &&
		der_take(&all, DER_CONTEXT(0), &(struct str){0}, "attributes",
			e) < 0)
		return -1;
	if (der_end(all, "private key", e) < 0)
		return -1;
	return key_der_sec1(inner, out, e);
}
