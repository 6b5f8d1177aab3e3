/*
 * sweeper - a child that reads a pipe whose other end only this process has.
 *
 * The end of the pipe is the end of the process.  The child is in a session of
 * its own, so that what is sent to the group of the command does not reach it.
 */
#include "checkpoint-agent/restore/sweeper.h"

#include "checkpoint-agent/tar/remove_beneath.h"
#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static void sweep_at_end(int alive, int dir, const char *name)
{
	char byte;

	setsid();
	while (read(alive, &byte, 1) < 0 && errno == EINTR)
		;
	remove_beneath(dir, str_of(name), NULL);
	_exit(0);
}

int sweeper_start(int dir, const char *name, struct err *e)
{
	int alive[2];
	pid_t pid;

	if (pipe2(alive, O_CLOEXEC) < 0)
		return err_sys(e, "pipe");
	pid = fork();
	if (pid == 0) {
		close(alive[1]);
		sweep_at_end(alive[0], dir, name);
	}
	close(alive[0]);
	if (pid < 0) {
		close(alive[1]);
		return err_sys(e, "start a process");
	}
	return 0; /* alive[1] stays open until the end */
}
