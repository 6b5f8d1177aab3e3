/*
 * guardian - a socket whose far end the guardian reads: a byte dismisses it,
 * the end of the stream means that the parent has died.  Before that it writes
 * a byte: from then on it is in a session of its own and has its own name, so
 * that who kills the agent's processes does not hit it.
 */
#include "checkpoint-agent/dump/guardian.h"

#include "checkpoint-agent/dump/recover.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"
#include "lib/net/sandbox.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void close_the_rest(int dir, int line)
{
	const int keep[] = {dir, line};
	const struct sandbox s = {.keep_fds = keep, .keep_count = 2};
	struct err e = {0};

	if (sandbox_descriptors(&s, &e) < 0)
		log_event(LOG_WARN, e.text, NULL);
}

static void run_guardian(int dir, int line)
{
	struct err e = {0};
	char byte;

	setsid();
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	prctl(PR_SET_NAME, "ckpt-guardian");
	close_the_rest(dir, line);
	if (send(line, "r", 1, MSG_NOSIGNAL) != 1)
		_exit(0);
	if (read(line, &byte, 1) == 0 && recover_all(dir, &e) < 0)
		log_event(LOG_ERROR, e.text, NULL);
	_exit(0);
}

/* Wait until it is there: nothing may be made before. */
static int await_guardian(int line, struct err *e)
{
	char byte;
	ssize_t n;

	do {
		n = read(line, &byte, 1);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(e, "guardian");
	return n == 1 ? 0 : err_set(e, "guardian: it did not start");
}

/* Fork twice, so that nobody has to reap the guardian. */
int guardian_start(int dir, int *line, struct err *e)
{
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return err_sys(e, "guardian");
	pid = fork();
	if (pid == 0) {
		if (fork() == 0)
			run_guardian(dir, ends[1]);
		_exit(0);
	}
	close(ends[1]);
	*line = ends[0];
	if (pid < 0)
		return err_sys(e, "guardian");
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return await_guardian(*line, e);
}

void guardian_dismiss(int *line)
{
	if (*line >= 0 && send(*line, "k", 1, MSG_NOSIGNAL) < 0)
		log_event(LOG_WARN, "the guardian has gone", NULL);
	fd_close(line);
}
