/*
 * cmd_verify - `checkpoint-agent verify`: is an archive whole and unchanged?
 *
 * Compares every member with the archive's own manifest.  An encrypted one is
 * opened by age before: age -d -i KEY ARCHIVE | checkpoint-agent verify -
 */
#include "checkpoint-agent/commands.h"

#include "checkpoint-agent/manifest.h"
#include "lib/base/fd.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int verify(const char *path, uint64_t *members, struct err *e)
{
	AUTO_FD int fd = -1;

	if (strcmp(path, "-") == 0)
		return manifest_verify(STDIN_FILENO, members, e);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, "%s", path);
	if (manifest_verify(fd, members, e) < 0)
		return err_at(e, "%s", path);
	return 0;
}

static int run(size_t n, const char *const *operands)
{
	struct err e = {0};
	uint64_t members;

	(void)n;
	if (verify(operands[0], &members, &e) < 0) {
		fprintf(stderr, "checkpoint-agent: %s\n", e.text);
		return err_exit(&e);
	}
	printf("%s: %llu members as the manifest says\n", operands[0],
			(unsigned long long)members);
	return 0;
}

const struct args_command command_verify = {
		.name = "verify",
		.operands = "ARCHIVE|-",
		.summary = "compare an archive with its manifest",
		.min_operands = 1,
		.max_operands = 1,
		.run = run,
};
