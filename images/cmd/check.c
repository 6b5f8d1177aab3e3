/*
 * check - `keelson sbom check --profile PROFILE FILE...`: what an SBOM of
 * anybody lacks of what a rule book requires.
 */
#include "images/cmd/commands.h"
#include "lib/base/fd.h"
#include "lib/base/whole.h"
#include "sbom/check/facts_read.h"
#include "sbom/check/profile.h"

#include <unistd.h>

#define CHECK_FILE_MAX ((size_t)64 << 20)

static const char *check_profile = "bsi";
static bool check_wants_json;

static const struct args_option check_options[] = {
	{.name = "profile",
		.type = ARGS_TEXT,
		.value = &check_profile,
		.meta = "PROFILE",
		.help = "the rules: bsi, cisa, ntia, spdx or cyclonedx"},
	{.name = "json",
		.type = ARGS_SWITCH,
		.value = &check_wants_json,
		.help = "print one JSON object for each file"},
	{.name = NULL},
};

/* Returns what the file lacks; -1: it could not be read. */
static int check_file(const char *path, enum profile profile, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(CHECK_FILE_MAX);
	AUTO_BUF struct buf out = buf_growing(CHECK_FILE_MAX);
	AUTO_ARENA struct arena a = arena_make(FACTS_MAX_BYTES * 2);
	struct profile_result result;
	struct facts facts;

	if (file_read(path, &text, e) < 0)
		return -1;
	if (facts_read(buf_view(&text), &a, &facts, e) < 0 ||
		profile_check(&facts, profile, &result, e) < 0)
		return err_at(e, "%s", path);
	if (check_wants_json)
		profile_json(&result, &facts, path, &out);
	else
		profile_table(&result, &facts, path, &out);
	if (whole_check(&out, path, e) < 0 ||
		fd_write(STDOUT_FILENO, out.p, out.n, e) < 0)
		return -1;
	return result.n > 0 ? 1 : 0;
}

static int check_run(size_t n, const char *const *operands)
{
	enum profile profile;
	struct err e = {0};
	int code = 0;

	if (profile_of(check_profile, &profile, &e) < 0)
		return command_failure(&e);
	for (size_t i = 0; i < n; i++) {
		int lacks;

		err_clear(&e);
		lacks = check_file(operands[i], profile, &e);
		if (lacks < 0)
			command_failure(&e);
		if (lacks != 0)
			code = 1;
	}
	return code;
}

const struct args_command command_check = {
	.name = "check",
	.operands = "FILE...",
	.summary = "Find what SBOMs lack of what a rule book requires",
	.text = "FILE is an SBOM of anybody: SPDX 2.3 or 3.0.1, or CycloneDX, "
		"in JSON. Each missing field is named with its component. "
		"The exit code is 1 when one is missing.",
	.options = check_options,
	.min_operands = 1,
	.max_operands = SIZE_MAX,
	.run = check_run,
};
