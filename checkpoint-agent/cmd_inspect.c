/*
 * cmd_inspect - `checkpoint-agent inspect`: an archive's content in JSON.
 */
#include "checkpoint-agent/commands.h"

#include "checkpoint-agent/inspect.h"
#include "lib/base/fd.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DOCUMENT_MAX (256u << 20)

static int inspect(const char *path, struct err *e)
{
	AUTO_BUF struct buf out = buf_growing(DOCUMENT_MAX);
	AUTO_FD int fd = -1;

	if (strcmp(path, "-") != 0) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return err_sys(e, "%s", path);
	}
	if (inspect_archive(fd < 0 ? STDIN_FILENO : fd, &out, e) < 0)
		return err_at(e, "%s", path);
	return fd_write(STDOUT_FILENO, out.p, out.n, e);
}

static int run(size_t n, const char *const *operands)
{
	struct err e = {0};

	(void)n;
	if (inspect(operands[0], &e) == 0)
		return 0;
	fprintf(stderr, "checkpoint-agent: %s\n", e.text);
	return err_exit(&e);
}

const struct args_command command_inspect = {
		.name = "inspect",
		.operands = "ARCHIVE|-",
		.summary = "processes, files, mounts and more, in JSON",
		.min_operands = 1,
		.max_operands = 1,
		.run = run,
};
