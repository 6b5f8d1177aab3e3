/*
 * sign - `keelson sign LAYOUT...`: put a signature of the image into a layout.
 */
#include "images/attach/attach.h"
#include "images/cmd/commands.h"
#include "images/sign/key_file.h"
#include "lib/base/secrecy.h"
#include "lib/base/shown.h"
#include "lib/base/unswapped.h"

static const char *sign_key_path, *sign_passphrase, *sign_reference;

static const struct args_option sign_options[] = {
	{.name = "key",
		.type = ARGS_TEXT,
		.value = &sign_key_path,
		.meta = "FILE",
		.help = "the private key (keelson keygen)"},
	{.name = "passphrase-file",
		.type = ARGS_TEXT,
		.value = &sign_passphrase,
		.meta = "FILE",
		.help = "its first line opens the key; else it is asked for"},
	{.name = "reference",
		.type = ARGS_TEXT,
		.value = &sign_reference,
		.meta = "REPOSITORY",
		.help = "the repository that the claim names; else the image's "
			"own name"},
	{.name = NULL},
};

static int sign_layouts(size_t n, const char *const *operands, struct err *e)
{
	AUTO_SIGN_KEY struct sign_key k = {0};

	if (!sign_key_path)
		return err_kind(e, ERR_USAGE, "sign: --key FILE is missing");
	if (key_file_private(sign_key_path, sign_passphrase, &k, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const struct attach_request r = {
			.key = &k, .reference = str_of(sign_reference)};
		struct attach_result done;

		if (attach_put(operands[i], &r, &done, e) < 0)
			return -1;
		shown_line(stdout, "%s: %s signed by sha256:%s", operands[i],
			done.digest, k.fingerprint);
	}
	return 0;
}

static int sign_run(size_t n, const char *const *operands)
{
	struct err e = {0};

	secrecy_begin();
	unswapped_begin(true);
	return sign_layouts(n, operands, &e) < 0 ? command_failure(&e) : 0;
}

const struct args_command command_sign = {
	.name = "sign",
	.operands = "LAYOUT...",
	.summary = "Sign the image in an OCI layout",
	.text = "The signature is written in both of cosign's layouts: under "
		"the tag sha256-HEX.sig, and as a sigstore bundle that refers "
		"to the image. The same key and image always give the same "
		"bytes. Nothing is sent anywhere.",
	.options = sign_options,
	.min_operands = 1,
	.max_operands = SIZE_MAX,
	.run = sign_run,
};
