/* Unit tests of images/sign: keys as PEM, made by openssl 3.0 and by us. */
#include "images/sign/key_pbes2.h"
#include "images/sign/key_pem.h"
#include "images/sign/pbkdf2.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char sec1_key[] =
	"-----BEGIN EC PARAMETERS-----\n"
	"BggqhkjOPQMBBw==\n"
	"-----END EC PARAMETERS-----\n"
	"-----BEGIN EC PRIVATE KEY-----\n"
	"MHcCAQEEIKSL04tg4w1BDXH9MVNh0RBjeaaisR2KVH5j3RV556fDoAoGCCqGSM49\n"
	"AwEHoUQDQgAEC236OsCvTB2aa++qz7lLs+HmpvXtDGM933WTgc9P4p6x2ynr8Zej\n"
	"EiK7kGc5uiY6rnN7YtgkvUe4kQkFEkYjbg==\n"
	"-----END EC PRIVATE KEY-----\n";

static const char pkcs8_key[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgpIvTi2DjDUENcf0x\n"
	"U2HREGN5pqKxHYpUfmPdFXnnp8OhRANCAAQLbfo6wK9MHZpr76rPuUuz4eam9e0M\n"
	"Yz3fdZOBz0/inrHbKevxl6MSIruQZzm6Jjquc3ti2CS9R7iRCQUSRiNu\n"
	"-----END PRIVATE KEY-----\n";

static const char sealed_key[] =
	"-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
	"MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAg7B79sl9KKggICCAAw\n"
	"DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEAZAdj7M3jlm8dET/ahqFc0EgZBG\n"
	"zmdxRtn0hVnV0F7CpAaS/8aHvvsdxlqfNvGwj3+VtaiGDDa5nXUFyY/s+sYYeCHd\n"
	"eYxZRifBdzZkZgF32RDiC4vhMREUroCHUI+d1hT6CXzmsBPkryVjGRZV3RLKYuXb\n"
	"0Zu1nSPNt3XcvyHHs4ePyhCASMisNFtrh490zxmK1Jm0dFf4YL42G5/kcNzZ3P4=\n"
	"-----END ENCRYPTED PRIVATE KEY-----\n";

static const char public_key[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEC236OsCvTB2aa++qz7lLs+HmpvXt\n"
	"DGM933WTgc9P4p6x2ynr8ZejEiK7kGc5uiY6rnN7YtgkvUe4kQkFEkYjbg==\n"
	"-----END PUBLIC KEY-----\n";

static const char sealed_sha1_key[] =
	"-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
	"MIHeMEkGCSqGSIb3DQEFDTA8MBsGCSqGSIb3DQEFDDAOBAh+/qUaSWDPQwICCAAw\n"
	"HQYJYIZIAWUDBAEqBBA8pqPSR/vWktQs4PKa99G0BIGQP+YEBagV2OQ1svLVTBWg\n"
	"DtvBeXfC1V7WpYX8v4YRy92I9Nqi0iwxGqZaAtETFHRJ1BU1VGJbEESsFnnM+NLo\n"
	"KaCMfD7ro3UNb/NbskzHbuTyd+iYQe8Rf7QFSrB7wVAcazZ9dL8D33g9F7xutJvu\n"
	"Q4KXsf5uDbcJJlWfuFuf+y8zFwuoI6S95JnUAoBvjnCC\n"
	"-----END ENCRYPTED PRIVATE KEY-----\n";

static const char ed25519_key[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MCowBQYDK2VwAyEAA6YqT9K4KV5+bOn1IJlDYx+o6cZO/rwABwybWzDUq/Y=\n"
	"-----END PUBLIC KEY-----\n";

#define FINGERPRINT                                                            \
	"78b05e6209581ffc99795c8154de5abe9f65066414fe8e68f979aed73964f3ce"

static const char other_curve[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEH04C2xuw4m+U2J0Wfrddkj+Pnxz+p2e+\n"
	"HzStl1BCYQfO8AEzmCEWe8/ZLVZYW5/IVeRBbvw/bgTl2l4obflDL2JWH2JGOcir\n"
	"/zyNAYLY6jPmsaIYSXYGNDsZe5/hDSxT\n"
	"-----END PUBLIC KEY-----\n";
static const char compressed[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgACC236OsCvTB2aa++qz7lLs+HmpvXt\n"
	"DGM933WTgc9P4p4=\n"
	"-----END PUBLIC KEY-----\n";

static void every_form_is_the_same_key(void **state)
{
	const char *const forms[] = {
		sec1_key, pkcs8_key, sealed_key, public_key};

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct sign_key k;
		struct err e = {0};

		assert_int_equal(key_pem_read(str_of(forms[i]),
					 STR("correct horse"), &k, &e),
			0);
		assert_string_equal(k.fingerprint, FINGERPRINT);
		assert_int_equal(k.secret[0] != 0, forms[i] != public_key);
	}
}

static void what_we_write_we_read_again(void **state)
{
	const struct str passphrases[] = {{NULL, 0}, STR("correct horse")};
	struct sign_key k, again;

	(void)state;
	assert_int_equal(sign_key_new(&k, NULL), 0);
	for (size_t i = 0; i < 2; i++) {
		char room[1024];
		struct buf text = buf_fixed(room, sizeof(room));

		assert_int_equal(key_pem_put_private(
					 &k, passphrases[i], 1000, &text, NULL),
			0);
		assert_false(text.full);
		assert_int_equal(key_pem_is_encrypted(buf_view(&text)), i);
		assert_int_equal(key_pem_read(buf_view(&text), passphrases[i],
					 &again, NULL),
			0);
		assert_memory_equal(k.secret, again.secret, sizeof(k.secret));
	}
}

/* Equal keys are equal bytes: ours in the clear is what openssl wrote. */
static void plain_text_is_openssls(void **state)
{
	char room[1024];
	struct buf text = buf_fixed(room, sizeof(room));
	struct sign_key k;

	(void)state;
	assert_int_equal(key_pem_read(str_of(sec1_key), STR(""), &k, NULL), 0);
	assert_int_equal(
		key_pem_put_private(&k, (struct str){NULL, 0}, 1, &text, NULL),
		0);
	assert_string_equal(buf_cstr(&text), pkcs8_key);
	buf_reset(&text);
	key_pem_put_public(&k, &text);
	assert_string_equal(buf_cstr(&text), public_key);
}

static void refused(struct str text, struct str passphrase, const char *why)
{
	struct sign_key k;
	struct err e = {0};

	assert_int_equal(key_pem_read(text, passphrase, &k, &e), -1);
	if (!strstr(e.text, why))
		fail_msg("\"%s\" does not say: %s", e.text, why);
	for (size_t i = 0; i < sizeof(k.secret); i++)
		assert_int_equal(k.secret[i], 0);
}

static void what_is_no_such_key_is_refused_in_words(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{"", "no key in PEM"},
		{"-----BEGIN PUBLIC KEY-----\n", "does not end"},
		{ed25519_key, "another algorithm"},
		{other_curve, "another curve"},
		{compressed, "not an uncompressed point"},
		{sealed_sha1_key, "hmacWithSHA256"},
		{"-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nAAAA\n"
		 "-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n",
			"cosign's own encryption"},
		{"-----BEGIN CERTIFICATE-----\nAAAA\n"
		 "-----END CERTIFICATE-----\n",
			"CERTIFICATE is no key"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		refused(str_of(cases[i].text), STR("correct horse"),
			cases[i].why);
	refused(str_of(sealed_key), STR("wrong horse"), "does not open it");
	refused(str_of(sealed_key), STR(""), "does not open it");
}

static void two_keys_in_one_file_are_refused(void **state)
{
	char room[1024];
	struct buf text = buf_fixed(room, sizeof(room));

	(void)state;
	buf_text(&text, public_key);
	buf_text(&text, public_key);
	refused(buf_view(&text), STR(""), "more than one key");
}

/* The public half within the private key: its last byte, which is base64 u. */
static void halves_of_two_keys_are_refused(void **state)
{
	char text[sizeof(pkcs8_key)];
	char *at;

	(void)state;
	memcpy(text, pkcs8_key, sizeof(text));
	at = strstr(text, "SRiNu");
	assert_non_null(at);
	at[4] = 'v';
	refused(str_of(text), STR(""), "another key");
}

/* Every byte of the DER changed in turn: refused, or the same key. */
static void a_changed_key_is_never_another(void **state)
{
	(void)state;
	for (size_t i = 0; i + 1 < sizeof(pkcs8_key); i++) {
		char text[sizeof(pkcs8_key)];
		struct sign_key k;

		memcpy(text, pkcs8_key, sizeof(text));
		text[i] = text[i] == 'A' ? 'B' : 'A';
		if (key_pem_read(str_of(text), STR(""), &k, NULL) == 0)
			assert_string_equal(k.fingerprint, FINGERPRINT);
	}
}

/* RFC 7914 11 */
static void pbkdf2_gives_the_known_bytes(void **state)
{
	unsigned char out[64], want[64];

	(void)state;
	assert_int_equal(
		str_unhex(STR("55ac046e56e3089fec1691c22544b605f94185216dde0465"
			      "e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef31"
			      "7c71b845b1e30bd509112041d3a19783"),
			want, sizeof(want)),
		0);
	pbkdf2(STR("passwd"), STR("salt"), 1, out, sizeof(out));
	assert_memory_equal(out, want, sizeof(out));
	assert_int_equal(str_unhex(STR("4ddcd8f60b98be21830cee5ef22701f9641a44"
				       "18d04c0414aeff08876b34ab56"),
				 want, 32),
		0);
	pbkdf2(STR("Password"), STR("NaCl"), 80000, out, 32);
	assert_memory_equal(out, want, 32);
}

/* RFC 4231 4.3 and 4.7: a short key, and one that is hashed first. */
static void hmac_gives_the_known_bytes(void **state)
{
	unsigned char out[32], want[32];
	struct hmac_key k;
	char key[131];

	(void)state;
	hmac_key_make(&k, STR("Jefe"));
	hmac_sum(&k, STR("what do ya want for nothing?"), out);
	assert_int_equal(str_unhex(STR("5bdcc146bf60754e6a042426089575c75a003f"
				       "089d2739839dec58b964ec3843"),
				 want, 32),
		0);
	assert_memory_equal(out, want, 32);
	memset(key, 0xaa, sizeof(key));
	hmac_key_make(&k, (struct str){key, sizeof(key)});
	hmac_sum(&k,
		STR("Test Using Larger Than Block-Size Key - Hash Key First"),
		out);
	assert_int_equal(str_unhex(STR("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6"
				       "213728c5140546040f0ee37f54"),
				 want, 32),
		0);
	assert_memory_equal(out, want, 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_is_the_same_key),
		cmocka_unit_test(what_we_write_we_read_again),
		cmocka_unit_test(plain_text_is_openssls),
		cmocka_unit_test(what_is_no_such_key_is_refused_in_words),
		cmocka_unit_test(two_keys_in_one_file_are_refused),
		cmocka_unit_test(halves_of_two_keys_are_refused),
		cmocka_unit_test(a_changed_key_is_never_another),
		cmocka_unit_test(pbkdf2_gives_the_known_bytes),
		cmocka_unit_test(hmac_gives_the_known_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
