/*
 * inspect - `keelson inspect [--forbid TEXT] [--cet] PROGRAM...`: refuse
 * programs that are not static-pie, hardened and free of build paths.
 *
 * All programs are checked (lib/arc/hardening); one defect is enough to end
 * with 1.
 */
#include "images/cmd/commands.h"
#include "lib/arc/hardening.h"
#include "lib/base/fd.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

enum {
	INSPECT_FILE_MAX = 256 << 20,
	INSPECT_REPORT_MAX = 1 << 20,
};

static struct args_list inspect_forbidden;
static bool inspect_wants_cet;

static const struct args_option inspect_options[] = {
	{.name = "forbid",
		.type = ARGS_LIST,
		.value = &inspect_forbidden,
		.meta = "TEXT",
		.help = "refuse programs that contain this text"},
	{.name = "cet",
		.type = ARGS_SWITCH,
		.value = &inspect_wants_cet,
		.help = "refuse x86-64 programs that are not marked for "
			"control-flow enforcement"},
	{0},
};

/* Check one file; defects go to standard error. Their number, or -1. */
static int inspect_file(
	const char *path, const struct hardening_rules *rules, struct err *e)
{
	AUTO_BUF struct buf file = buf_growing(INSPECT_FILE_MAX);
	AUTO_BUF struct buf report = buf_growing(INSPECT_REPORT_MAX);
	int defects;

	if (file_read(path, &file, e) < 0)
		return -1;
	defects = hardening_check(buf_view(&file), path, rules, &report, e);
	if (report.n > 0)
		fprintf(stderr, "%.*s", STR_ARG(buf_view(&report)));
	if (defects == 0)
		printf("%s: static-pie, RELRO, NOW, NX, no build path\n", path);
	return defects;
}

static int inspect_run(size_t n, const char *const *operands)
{
	struct str paths[ARGS_LIST_MAX + 1];
	struct hardening_rules rules = {
		.paths = paths, .need_cet = inspect_wants_cet};
	char here[PATH_MAX];
	struct err e = {0};
	int bad = 0;

	for (size_t i = 0; i < inspect_forbidden.n; i++)
		paths[rules.n_paths++] = str_of(inspect_forbidden.item[i]);
	/* "/" alone is in every program */
	if (getcwd(here, sizeof(here)) != NULL && here[1] != '\0')
		paths[rules.n_paths++] = str_of(here);
	for (size_t i = 0; i < n; i++) {
		int defects = inspect_file(operands[i], &rules, &e);

		if (defects < 0)
			command_failure(&e);
		if (defects != 0)
			bad = 1;
	}
	return bad;
}

const struct args_command command_inspect = {
	.name = "inspect",
	.operands = "PROGRAM...",
	.summary = "Refuse programs that are not static-pie, hardened and "
		   "free of build paths",
	.text = "The working directory must not occur in a program's "
		"bytes; --forbid names further texts.",
	.options = inspect_options,
	.min_operands = 1,
	.max_operands = SIZE_MAX,
	.run = inspect_run,
};
