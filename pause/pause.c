/*
 * pause - the first process of a pod, which keeps its namespaces alive.
 *
 * It sleeps, reaps orphaned processes when the pod shares its PID namespace,
 * and ends on TERM or INT.  It uses no library but libc, allocates nothing and
 * opens no file.  Signals are taken one at a time by sigwaitinfo(2), so there
 * is no handler to reason about.
 *
 * Exit codes are those of Kubernetes' pause: 0 after TERM or INT, 1 when
 * signals cannot be set up, 2 for a wrong command line.
 */
#include "lib/base/version.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(int fd, const char *text)
{
	/* pause works on when the pod's log is gone */
	ssize_t done = write(fd, text, strlen(text));

	(void)done;
}

static void reap(void)
{
	int keep = errno;

	while (waitpid(-1, NULL, WNOHANG) > 0)
		continue;
	errno = keep;
}

static int wait_for_end(const sigset_t *set)
{
	for (;;) {
		int signal_number = sigwaitinfo(set, NULL);

		if (signal_number == SIGCHLD)
			reap();
		else if (signal_number == SIGTERM || signal_number == SIGINT)
			break;
		else if (signal_number < 0 && errno != EINTR)
			return 1;
	}
	say(STDERR_FILENO, "Shutting down\n");
	return 0;
}

int main(int argc, char **argv)
{
	sigset_t set;

	if (argc > 1 && strcmp(argv[1], "-v") == 0) {
		say(STDOUT_FILENO, "pause " KEELSON_VERSION "\n");
		return 0;
	}
	if (argc > 1) {
		say(STDERR_FILENO, "usage: pause [-v]\n");
		return 2;
	}
	if (getpid() != 1)
		say(STDERR_FILENO, "warning: pause should be the first "
				   "process of its PID namespace\n");
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return 1;
	return wait_for_end(&set);
}
