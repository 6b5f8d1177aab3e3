/* command - fork, exec, and read a pipe until it ends. */
#include "images/reproduce/command.h"

#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define COMMAND_PATH_BYTES  4096
#define COMMAND_NOT_STARTED 127

int command_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

bool command_is_there(const char *name)
{
	struct str path = str_of(getenv("PATH")), dir;
	char file[COMMAND_PATH_BYTES];

	while (str_cut(&path, ':', &dir)) {
		int n = snprintf(
			file, sizeof(file), "%.*s/%s", STR_ARG(dir), name);

		if (dir.n && n > 0 && (size_t)n < sizeof(file) &&
			access(file, X_OK) == 0)
			return true;
	}
	return false;
}

static void command_become(const char *const *argv, int out)
{
	dup2(out, STDOUT_FILENO);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(COMMAND_NOT_STARTED);
}

int command_text(
	const char *const *argv, struct buf *out, int *rc, struct err *e)
{
	AUTO_FD int reads = -1;
	AUTO_FD int writes = -1;
	int ends[2], done;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(e, "pipe");
	reads = ends[0];
	writes = ends[1];
	pid = fork();
	if (pid < 0)
		return err_sys(e, "fork");
	if (pid == 0)
		command_become(argv, writes);
	fd_close(&writes);
	done = fd_read_all(reads, out, e);
	fd_close(&reads); /* it ends, if it still writes */
	*rc = command_wait(pid);
	if (done == 0 && (*rc < 0 || *rc == COMMAND_NOT_STARTED))
		return err_set(e, "%s cannot be run", argv[0]);
	return done;
}

int command_output(const char *const *argv, struct buf *out, struct err *e)
{
	int rc;

	if (command_text(argv, out, &rc, e) < 0)
		return -1;
	return rc ? err_set(e, "%s %s ends with %d", argv[0], argv[1], rc) : 0;
}
