/*
 * attest - `keelson attest LAYOUT`: put a signed statement about the image into
 * a layout: an SBOM, VEX, provenance.
 */
#include "images/attach/attach.h"
#include "images/cmd/commands.h"
#include "images/sign/key_file.h"
#include "images/sign/statement.h"
#include "lib/base/fd.h"
#include "lib/base/secrecy.h"
#include "lib/base/shown.h"
#include "lib/base/unswapped.h"

#include <fcntl.h>

#define ATTEST_PREDICATE_BYTES ((size_t)16 << 20)

static const char *attest_key, *attest_passphrase, *attest_type;
static const char *attest_predicate;

static const struct args_option attest_options[] = {
	{.name = "key",
		.type = ARGS_TEXT,
		.value = &attest_key,
		.meta = "FILE",
		.help = "the private key (keelson keygen)"},
	{.name = "passphrase-file",
		.type = ARGS_TEXT,
		.value = &attest_passphrase,
		.meta = "FILE",
		.help = "its first line opens the key; else it is asked for"},
	{.name = "type",
		.type = ARGS_TEXT,
		.value = &attest_type,
		.meta = "TYPE",
		.help = "of the predicate: " STATEMENT_NAMES ", or a URI"},
	{.name = "predicate",
		.type = ARGS_TEXT,
		.value = &attest_predicate,
		.meta = "FILE",
		.help = "JSON: what is said of the image, or a whole in-toto "
			"statement about it"},
	{.name = NULL},
};

static int attest_check_options(const char **uri, struct err *e)
{
	if (!attest_key || !attest_type || !attest_predicate)
		return err_kind(e, ERR_USAGE, "attest: --%s is missing",
			!attest_key    ? "key FILE"
			: !attest_type ? "type TYPE"
				       : "predicate FILE");
	*uri = statement_predicate(attest_type);
	if (!*uri)
		return err_kind(e, ERR_USAGE,
			"--type %s: none of " STATEMENT_NAMES
			", and no URI such as https://example.org/check/v1",
			attest_type);
	return 0;
}

static int attest_layout(const char *path, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(ATTEST_PREDICATE_BYTES);
	AUTO_SIGN_KEY struct sign_key k = {0};
	struct attach_request r = {.key = &k};
	struct attach_result done;

	if (attest_check_options(&r.predicate_type, e) < 0 ||
		file_read(attest_predicate, &text, e) < 0 ||
		key_file_private(attest_key, attest_passphrase, &k, e) < 0)
		return -1;
	r.predicate = buf_view(&text);
	if (attach_put(path, &r, &done, e) < 0)
		return -1;
	shown_line(stdout, "%s: %s has %s by sha256:%s", path, done.digest,
		r.predicate_type, k.fingerprint);
	return 0;
}

static int attest_run(size_t n, const char *const *operands)
{
	struct err e = {0};

	(void)n;
	secrecy_begin();
	unswapped_begin(true);
	return attest_layout(operands[0], &e) < 0 ? command_failure(&e) : 0;
}

const struct args_command command_attest = {
	.name = "attest",
	.operands = "LAYOUT",
	.summary = "Sign a statement about the image in an OCI layout",
	.text = "The statement (in-toto v1) names the image by digest and "
		"carries FILE byte for byte. It is written in both of "
		"cosign's layouts, as keelson sign does it; one of the same "
		"type by the same key takes the place of the earlier.",
	.options = attest_options,
	.min_operands = 1,
	.max_operands = 1,
	.run = attest_run,
};
