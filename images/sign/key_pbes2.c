/*
 * key_pbes2 - the parameters are read into one struct, and written from it.
 */
#include "images/sign/key_pbes2.h"

#include "images/sign/aes_cbc.h"
#include "images/sign/der.h"
#include "images/sign/pbkdf2.h"

#include <string.h>
#include <sys/random.h>

#define SALT_BYTES 16
#define SALT_MAX   64
#define PBES2_ROOM 256
#define CONVERT                                                                \
	"convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf "             \
	"hmacWithSHA256 -in OLD -out NEW"

#define OID_PBES2       STR("\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d")
#define OID_PBKDF2      STR("\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c")
#define OID_HMAC_SHA256 STR("\x2a\x86\x48\x86\xf7\x0d\x02\x09")
#define OID_AES256_CBC  STR("\x60\x86\x48\x01\x65\x03\x04\x01\x2a")

struct pbes2 {
	struct str salt, iv;
	uint32_t rounds;
	struct str sealed;
};

/* ---- writing ---------------------------------------------------------- */

static void put_prf(struct buf *out)
{
	char room[PBES2_ROOM];
	struct buf b = buf_fixed(room, sizeof(room));

	der_put(&b, DER_OID, OID_HMAC_SHA256);
	der_put(&b, DER_NULL, STR(""));
	der_put(out, DER_SEQUENCE, buf_view(&b));
}

/* An algorithm and its parameters. */
static void put_with(
	struct buf *out, struct str oid, unsigned tag, struct str parameters)
{
	char room[2 * PBES2_ROOM];
	struct buf b = buf_fixed(room, sizeof(room));

	der_put(&b, DER_OID, oid);
	der_put(&b, tag, parameters);
	der_put(out, DER_SEQUENCE, buf_view(&b));
	out->full |= b.full;
}

static void pbes2_put(const struct pbes2 *p, struct buf *out)
{
	char room[3][2 * PBES2_ROOM];
	struct buf kdf = buf_fixed(room[0], sizeof(room[0]));
	struct buf both = buf_fixed(room[1], sizeof(room[1]));
	struct buf all = buf_fixed(room[2], sizeof(room[2]));

	der_put(&kdf, DER_OCTETS, p->salt);
	der_put_small(&kdf, p->rounds);
	put_prf(&kdf);
	put_with(&both, OID_PBKDF2, DER_SEQUENCE, buf_view(&kdf));
	put_with(&both, OID_AES256_CBC, DER_OCTETS, p->iv);
	put_with(&all, OID_PBES2, DER_SEQUENCE, buf_view(&both));
	der_put(&all, DER_OCTETS, p->sealed);
	der_put(out, DER_SEQUENCE, buf_view(&all));
	out->full |= kdf.full || both.full || all.full;
}

int pbes2_close(struct str plain, struct str passphrase, uint32_t rounds,
	struct buf *out, struct err *e)
{
	unsigned char fresh[SALT_BYTES + AES_BLOCK_BYTES], key[AES_KEY_BYTES];
	char room[PBES2_ROOM];
	struct buf sealed = buf_fixed(room, sizeof(room));
	const struct str salt = {(char *)fresh, SALT_BYTES};
	const struct str iv = {(char *)fresh + SALT_BYTES, AES_BLOCK_BYTES};

	if (getrandom(fresh, sizeof(fresh), 0) != sizeof(fresh))
		return err_sys(e, "getrandom");
	pbkdf2(passphrase, salt, rounds, key, sizeof(key));
	aes_cbc_close(key, fresh + SALT_BYTES, plain, &sealed);
	explicit_bzero(key, sizeof(key));
	pbes2_put(&(struct pbes2){salt, iv, rounds, buf_view(&sealed)}, out);
	return sealed.full || out->full
		       ? err_kind(e, ERR_LIMIT, "the key is too large")
		       : 0;
}

/* ---- reading ---------------------------------------------------------- */

/* Take an algorithm that must be `want`; *rest is its parameters. */
static int take_with(struct str *in, struct str want, const char *what,
	struct str *rest, struct err *e)
{
	struct str oid;

	if (der_take(in, DER_SEQUENCE, rest, what, e) < 0 ||
		der_take(rest, DER_OID, &oid, what, e) < 0)
		return -1;
	if (!str_eq(oid, want))
		return err_kind(e, ERR_INPUT,
			"it is encrypted in another way (%s); " CONVERT, what);
	return 0;
}

static int take_prf(struct str *kdf, struct err *e)
{
	struct str prf, nothing;
	uint32_t key_bytes = AES_KEY_BYTES;

	if (der_is_next(*kdf, DER_INTEGER) &&
		der_take_small(
			kdf, AES_KEY_BYTES, &key_bytes, "key length", e) < 0)
		return -1;
	if (key_bytes != AES_KEY_BYTES || !der_is_next(*kdf, DER_SEQUENCE))
		return err_kind(e, ERR_INPUT,
			"it is encrypted in another way (PRF); " CONVERT);
	if (take_with(kdf, OID_HMAC_SHA256, "PRF", &prf, e) < 0)
		return -1;
	if (prf.n && der_take(&prf, DER_NULL, &nothing, "PRF", e) < 0)
		return -1;
	return der_end(prf, "PRF", e) < 0 ? -1 : der_end(*kdf, "PBKDF2", e);
}

static int take_kdf(struct str *in, struct pbes2 *p, struct err *e)
{
	struct str rest, kdf;

	if (take_with(in, OID_PBKDF2, "key derivation", &rest, e) < 0 ||
		der_take(&rest, DER_SEQUENCE, &kdf, "PBKDF2", e) < 0 ||
		der_end(rest, "PBKDF2", e) < 0 ||
		der_take(&kdf, DER_OCTETS, &p->salt, "salt", e) < 0 ||
		der_take_small(
			&kdf, PBES2_ROUNDS_MAX, &p->rounds, "rounds", e) < 0)
		return -1;
	if (p->rounds == 0 || p->salt.n == 0 || p->salt.n > SALT_MAX)
		return err_kind(e, ERR_INPUT,
			"PBKDF2: no round, or a salt of %zu bytes", p->salt.n);
	return take_prf(&kdf, e);
}

static int take_cipher(struct str *in, struct pbes2 *p, struct err *e)
{
	struct str rest;

	if (take_with(in, OID_AES256_CBC, "cipher", &rest, e) < 0 ||
		der_take(&rest, DER_OCTETS, &p->iv, "IV", e) < 0 ||
		der_end(rest, "cipher", e) < 0)
		return -1;
	return p->iv.n == AES_BLOCK_BYTES
		       ? 0
		       : err_kind(e, ERR_INPUT, "IV: %zu bytes", p->iv.n);
}

static int pbes2_parse(struct str der, struct pbes2 *p, struct err *e)
{
	struct str all, scheme, both;

	if (der_take(&der, DER_SEQUENCE, &all, "encrypted key", e) < 0 ||
		der_end(der, "encrypted key", e) < 0 ||
		take_with(&all, OID_PBES2, "scheme", &scheme, e) < 0 ||
		der_take(&scheme, DER_SEQUENCE, &both, "PBES2", e) < 0 ||
		der_end(scheme, "PBES2", e) < 0 || take_kdf(&both, p, e) < 0 ||
		take_cipher(&both, p, e) < 0 || der_end(both, "PBES2", e) < 0 ||
		der_take(&all, DER_OCTETS, &p->sealed, "encrypted key", e) < 0)
		return -1;
	return der_end(all, "encrypted key", e);
}

int pbes2_open(
	struct str der, struct str passphrase, struct buf *out, struct err *e)
{
	unsigned char key[AES_KEY_BYTES];
	struct pbes2 p;
	int done;

	if (pbes2_parse(der, &p, e) < 0)
		return -1;
	pbkdf2(passphrase, p.salt, p.rounds, key, sizeof(key));
	done = aes_cbc_open(
		key, (const unsigned char *)p.iv.p, p.sealed, out, NULL);
	explicit_bzero(key, sizeof(key));
	return done == 0 ? 0
			 : err_kind(e, ERR_DENIED,
				   "the passphrase does not open it");
}
