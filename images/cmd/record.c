/*
 * record - `keelson record -- COMMAND...`: run a build, and note what compiler
 * and linker really did.
 */
#include "images/cmd/commands.h"
#include "static-build/outside/outside.h"

#include <stdint.h>
#include <stdlib.h>

static const char *record_dir = ".keelson";
static const char *record_root;
static const char *record_index;

static const struct args_option record_options[] = {
	{.name = "output",
		.letter = 'o',
		.type = ARGS_TEXT,
		.value = &record_dir,
		.meta = "DIR",
		.help = "directory for the evidence"},
	{.name = "index",
		.type = ARGS_TEXT,
		.value = &record_index,
		.meta = "INDEX",
		.help = "keep this index with the evidence: packages inside "
			"the source are then recognised (`keelson index`)"},
	{.name = "root",
		.type = ARGS_TEXT,
		.value = &record_root,
		.meta = "DIR",
		.help = "top of the sources; else the nearest directory "
			"upwards with .git or debian/changelog, else this one"},
	{0},
};

static int record_run(size_t n, const char *const *operands)
{
	char **argv = calloc(n + 1, sizeof(*argv)); /* heap */
	struct outside_request r = {.dir = record_dir,
		.root = record_root,
		.index = record_index,
		.argv = argv};
	struct err e = {0};
	int rc = 0, done;

	for (size_t i = 0; argv != NULL && i < n; i++)
		argv[i] = (char *)(uintptr_t)operands[i];
	done = argv == NULL ? err_kind(&e, ERR_LIMIT, "out of memory")
			    : outside_record(&r, &rc, &e);
	free(argv);
	return done < 0 ? command_failure(&e) : rc;
}

const struct args_command command_record = {
	.name = "record",
	.operands = "-- COMMAND...",
	.summary = "Record what a build compiles and links",
	.text = "COMMAND builds C or C++ programs, as `make` does. Afterwards "
		"`keelson sbom` and `keelson why` know these programs. The "
		"exit code is the command's, or 125 of a tool whose call could "
		"not be recorded.",
	.options = record_options,
	.min_operands = 1,
	.max_operands = SIZE_MAX,
	.run = record_run,
};
