/*
 * keygen - `keelson keygen NAME`: a new pair of keys.
 */
#include "images/cmd/commands.h"
#include "images/sign/key_file.h"
#include "images/sign/passphrase.h"
#include "lib/base/secrecy.h"
#include "lib/base/shown.h"
#include "lib/base/unswapped.h"

static const char *keygen_passphrase;
static bool keygen_without;

static const struct args_option keygen_options[] = {
	{.name = "passphrase-file",
		.type = ARGS_TEXT,
		.value = &keygen_passphrase,
		.meta = "FILE",
		.help = "its first line is the passphrase; else it is asked "
			"for"},
	{.name = "no-passphrase",
		.type = ARGS_SWITCH,
		.value = &keygen_without,
		.help = "do not encrypt the private key"},
	{.name = NULL},
};

static int keygen_ask(const char *name, struct passphrase *p, struct err *e)
{
	if (keygen_without && keygen_passphrase)
		return err_kind(e, ERR_USAGE,
			"--no-passphrase and --passphrase-file are "
			"contradictory");
	if (keygen_without)
		return 0;
	return keygen_passphrase ? passphrase_read(keygen_passphrase, p, e)
				 : passphrase_ask(name, true, p, e);
}

static int keygen_make(const char *name, struct err *e)
{
	AUTO_PASSPHRASE struct passphrase p = {0};
	AUTO_SIGN_KEY struct sign_key k = {0};

	if (keygen_ask(name, &p, e) < 0 || sign_key_new(&k, e) < 0 ||
		key_file_write(name, &k,
			keygen_without ? (struct str){NULL, 0}
				       : passphrase_view(&p),
			e) < 0)
		return -1;
	shown_line(stdout, "%s.key: private, %s", name,
		keygen_without ? "NOT encrypted" : "encrypted");
	shown_line(stdout, "%s.pub: sha256:%s", name, k.fingerprint);
	return 0;
}

static int keygen_run(size_t n, const char *const *operands)
{
	struct err e = {0};

	(void)n;
	secrecy_begin();
	unswapped_begin(true);
	return keygen_make(operands[0], &e) < 0 ? command_failure(&e) : 0;
}

const struct args_command command_keygen = {
	.name = "keygen",
	.operands = "NAME",
	.summary = "Make a pair of keys for signatures",
	.text = "Writes NAME.key, the private key, which only its owner may "
		"read, and NAME.pub, the public key, for everybody who "
		"verifies. Files that exist are not replaced. ECDSA on P-256; "
		"PEM (PKCS#8), as openssl and cosign import-key-pair read it.",
	.options = keygen_options,
	.min_operands = 1,
	.max_operands = 1,
	.run = keygen_run,
};
