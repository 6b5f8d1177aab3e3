/*
 * Fuzz target: any bytes as a file with a key.  What is read is a key: its
 * public half can be written and read again.  Encrypted keys cost rounds, so
 * the passphrase is tried on those with few.
 */
#include "images/sign/key_der.h"
#include "images/sign/key_pem.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_key(struct str text)
{
	AUTO_SIGN_KEY struct sign_key k = {0};
	AUTO_SIGN_KEY struct sign_key again = {0};
	char room[1024];
	struct buf out = buf_fixed(room, sizeof(room));
	struct err e = {0};

	if (key_pem_read(text, STR("correct horse"), &k, &e) < 0) {
		if (!e.text[0])
			abort();
		return;
	}
	key_pem_put_public(&k, &out);
	if (out.full || key_pem_read(buf_view(&out), STR(""), &again, &e) < 0 ||
		strcmp(k.fingerprint, again.fingerprint) != 0)
		abort();
}

/* As DER, without the base64 around it. */
static void check_der(struct str der)
{
	unsigned char point[P256_POINT_BYTES];
	struct key_der_private p;
	char room[KEY_PUBLIC_BYTES];
	struct buf out = buf_fixed(room, sizeof(room));

	key_der_pkcs8(der, &p, NULL);
	key_der_sec1(der, &p, NULL);
	if (key_der_public(der, point, NULL) < 0)
		return;
	key_der_put_public(point, &out);
	if (!str_eq(buf_view(&out), der))
		abort(); /* one encoding of a key only */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str text = {(const char *)data, size};

	if (size > SIGN_KEY_TEXT_BYTES)
		return 0;
	if (!key_pem_is_encrypted(text) || size < 500)
		check_key(text);
	check_der(text);
	return 0;
}
