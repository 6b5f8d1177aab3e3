/* capture - fork, a pipe, execvp. */
#include "lib/base/capture.h"

#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

static void capture_child(const char *const *argv, int to, bool has_messages)
{
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
		dup2(has_messages ? to : nothing, STDERR_FILENO) < 0 ||
		dup2(to, STDOUT_FILENO) < 0)
		_exit(127);
	/* execvp(3) takes them as not constant, but does not change them */
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

static int capture_run(const char *const *argv, bool has_messages,
	struct buf *out, struct err *e)
{
	int ends[2], status = 0, rc;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(e, "pipe");
	child = fork();
	if (child == 0)
		capture_child(argv, ends[1], has_messages);
	close(ends[1]);
	rc = child < 0 ? err_sys(e, "fork") : fd_read_all(ends[0], out, e);
	close(ends[0]);
	while (child > 0 && waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys(e, "wait for %s", argv[0]);
	if (rc < 0)
		return -1;
	return status == 0 ? 0 : err_set(e, "%s failed", argv[0]);
}

int capture(const char *const *argv, struct buf *out, struct err *e)
{
	return capture_run(argv, false, out, e);
}

int capture_all(const char *const *argv, struct buf *out, struct err *e)
{
	return capture_run(argv, true, out, e);
}
