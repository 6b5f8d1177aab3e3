/*
 * key_pem - the label of the block says how its bytes are read.
 */
#include "images/sign/key_pem.h"

#include "images/sign/key_der.h"
#include "images/sign/key_pbes2.h"
#include "lib/base/base64.h"
#include "lib/base/pem.h"

#include <string.h>

#define PEM_LINE 64
#define PEM_ROOM 1024

#define PEM_DER_BYTES 2048 /* of one block */

#define PUBLIC "PUBLIC KEY"
#define SEALED "ENCRYPTED PRIVATE KEY"

static int read_public(struct str der, struct sign_key *k, struct err *e)
{
	unsigned char point[P256_POINT_BYTES];

	if (key_der_public(der, point, e) < 0)
		return -1;
	return sign_key_of_point(point, k, e);
}

static int from_private(
	const struct key_der_private *p, struct sign_key *k, struct err *e)
{
	if (sign_key_of_secret(p->secret, k, e) < 0)
		return -1;
	if (p->point.n && memcmp(p->point.p, k->point, sizeof(k->point)) != 0)
		return err_kind(
			e, ERR_INPUT, "its public half belongs to another key");
	return 0;
}

static int read_private(
	struct str der, bool has_frame, struct sign_key *k, struct err *e)
{
	struct key_der_private p = {.point = STR("")};
	int done = has_frame ? key_der_pkcs8(der, &p, e)
			     : key_der_sec1(der, &p, e);

	if (done == 0)
		done = from_private(&p, k, e);
	explicit_bzero(&p, sizeof(p));
	return done;
}

static int read_sealed(struct str der, struct str passphrase,
	struct sign_key *k, struct err *e)
{
	char room[PEM_DER_BYTES];
	struct buf plain = buf_fixed(room, sizeof(room));
	int done = pbes2_open(der, passphrase, &plain, e);

	/* A wrong passphrase may happen to give a right padding. */
	if (done == 0 && read_private(buf_view(&plain), true, k, NULL) < 0)
		done = err_kind(e, ERR_DENIED,
			"the passphrase does not open it, or what it opens is "
			"no key of P-256");
	explicit_bzero(room, sizeof(room));
	return done;
}

static int read_block(struct str label, struct str der, struct str passphrase,
	struct sign_key *k, struct err *e)
{
	if (str_is(label, PUBLIC))
		return read_public(der, k, e);
	if (str_is(label, "PRIVATE KEY"))
		return read_private(der, true, k, e);
	if (str_is(label, "EC PRIVATE KEY"))
		return read_private(der, false, k, e);
	if (str_is(label, SEALED))
		return read_sealed(der, passphrase, k, e);
	if (str_is(label, "ENCRYPTED SIGSTORE PRIVATE KEY") ||
		str_is(label, "ENCRYPTED COSIGN PRIVATE KEY"))
		return err_kind(e, ERR_INPUT,
			"a key in cosign's own encryption, which is not read "
			"here: make one with keelson keygen, and cosign "
			"import-key-pair for cosign");
	return err_kind(
		e, ERR_INPUT, "%.*s is no key for signatures", STR_ARG(label));
}

/* openssl ecparam -genkey writes the curve into a block before the key. */
static int next_key(
	struct str *text, struct str *label, struct buf *der, struct err *e)
{
	int more;

	do
		more = pem_next(text, label, der, e);
	while (more > 0 && str_is(*label, "EC PARAMETERS"));
	return more;
}

int key_pem_read(struct str text, struct str passphrase, struct sign_key *k,
	struct err *e)
{
	char room[PEM_DER_BYTES];
	struct buf der = buf_fixed(room, sizeof(room));
	struct str label;
	int more = next_key(&text, &label, &der, e);

	*k = (struct sign_key){.point = {0}};
	if (more == 0)
		more = err_kind(e, ERR_INPUT, "it holds no key in PEM");
	if (more > 0)
		more = read_block(label, buf_view(&der), passphrase, k, e);
	if (more == 0 && next_key(&text, &label, &der, NULL) != 0)
		more = err_kind(e, ERR_INPUT, "it holds more than one key");
	explicit_bzero(room, sizeof(room));
	if (more < 0)
		sign_key_wipe(k);
	return more;
}

static bool begins_with(struct str text, const char *label)
{
	char room[PEM_DER_BYTES];
	struct buf der = buf_fixed(room, sizeof(room));
	struct str found;
	bool is_it =
		next_key(&text, &found, &der, NULL) > 0 && str_is(found, label);

	explicit_bzero(room, sizeof(room));
	return is_it;
}

bool key_pem_is_encrypted(struct str text)
{
	return begins_with(text, SEALED);
}

bool key_pem_is_public(struct str text)
{
	return begins_with(text, PUBLIC);
}

static void put_block(const char *label, struct str der, struct buf *out)
{
	char room[2 * PEM_ROOM];
	struct buf text = buf_fixed(room, sizeof(room));

	base64_encode(der, &text);
	buf_fmt(out, "-----BEGIN %s-----\n", label);
	for (size_t at = 0; at < text.n; at += PEM_LINE) {
		buf_str(out, str_sub(buf_view(&text), at, PEM_LINE));
		buf_byte(out, '\n');
	}
	buf_fmt(out, "-----END %s-----\n", label);
	out->full |= text.full;
	explicit_bzero(room, sizeof(room));
}

void key_pem_put_public(const struct sign_key *k, struct buf *out)
{
	char room[KEY_PUBLIC_BYTES];
	struct buf der = buf_fixed(room, sizeof(room));

	key_der_put_public(k->point, &der);
	put_block(PUBLIC, buf_view(&der), out);
}

int key_pem_put_private(const struct sign_key *k, struct str passphrase,
	uint32_t rounds, struct buf *out, struct err *e)
{
	char room[KEY_PRIVATE_BYTES], sealed_room[PEM_ROOM];
	struct buf der = buf_fixed(room, sizeof(room));
	struct buf sealed = buf_fixed(sealed_room, sizeof(sealed_room));
	int done = 0;

	key_der_put_private(k->secret, k->point, &der);
	if (passphrase.p) {
		done = pbes2_close(
			buf_view(&der), passphrase, rounds, &sealed, e);
		put_block(SEALED, buf_view(&sealed), out);
	} else {
		put_block("PRIVATE KEY", buf_view(&der), out);
	}
	explicit_bzero(room, sizeof(room));
	return done;
}
