/*
 * release - `keelson release DIR`: sign the list of all files of a release, as
 * the last step of making one.
 */
#include "images/cmd/commands.h"
#include "images/project/project.h"
#include "images/release/release_statement.h"
#include "images/sign/key_file.h"
#include "lib/base/secrecy.h"
#include "lib/base/shown.h"
#include "lib/base/unswapped.h"

static const char *release_key, *release_passphrase;

static const struct args_option release_options[] = {
	{.name = "key",
		.type = ARGS_TEXT,
		.value = &release_key,
		.meta = "FILE",
		.help = "the private key (keelson keygen)"},
	{.name = "passphrase-file",
		.type = ARGS_TEXT,
		.value = &release_passphrase,
		.meta = "FILE",
		.help = "its first line opens the key; else it is asked for"},
	{.name = NULL},
};

static int release_write(const char *dir, struct err *e)
{
	AUTO_PROJECT struct project project = {0};
	AUTO_SIGN_KEY struct sign_key k = {0};
	struct release_name is;
	size_t n;

	if (!release_key)
		return err_kind(e, ERR_USAGE, "release: --key FILE is missing");
	if (project_read(".", &project, e) < 0 ||
		key_file_private(release_key, release_passphrase, &k, e) < 0)
		return -1;
	is = (struct release_name){project.is.name, project.is.version};
	if (release_seal(dir, &is, &k, &n, e) < 0)
		return -1;
	shown_line(stdout, "%s: %.*s %.*s, %zu files, signed by sha256:%s", dir,
		STR_ARG(is.name), STR_ARG(is.version), n, k.fingerprint);
	return 0;
}

static int release_run(size_t n, const char *const *operands)
{
	struct err e = {0};

	(void)n;
	secrecy_begin();
	unswapped_begin(true);
	return release_write(operands[0], &e) < 0 ? command_failure(&e) : 0;
}

const struct args_command command_release = {
	.name = "release",
	.operands = "DIR",
	.summary = "Sign the list of the files of a release",
	.text = "Of the project in the working directory.  Writes SHA256SUMS "
		"and release.dsse.json, an in-toto statement that names every "
		"file below DIR with its digest. `make release` does all that "
		"comes before.",
	.options = release_options,
	.min_operands = 1,
	.max_operands = 1,
	.run = release_run,
};
