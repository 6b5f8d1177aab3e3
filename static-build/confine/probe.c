/*
 * probe - try the modes in order, each in a process of its own.
 *
 * What a mode's failure says on standard error is caught in a pipe.  Modes of
 * other users than this one are passed over without a word.
 */
#include "static-build/confine/probe.h"

#include "static-build/confine/run.h"

#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define REASON_BYTES 512

struct attempt {
	char reason[REASON_BYTES];
	bool works;
};

static void run_attempt(
	const struct mode *m, const struct visible *v, char **argv, int out)
{
	struct err e = {.kind = ERR_NONE};
	int rc = 1;

	dup2(out, STDERR_FILENO);
	dup2(out, STDOUT_FILENO);
	if (run_confined(m, v, argv, &rc, &e) < 0)
		fprintf(stderr, "confine: %s: %s\n", m->name, e.text);
	_exit(rc);
}

/* The first line that the attempt printed; what follows is read, too. */
static void read_reason(int in, char reason[REASON_BYTES])
{
	size_t n = 0;
	ssize_t got;
	char rest[512];

	while ((got = read(in, rest, sizeof rest)) > 0)
		for (ssize_t i = 0; i < got && n + 1 < REASON_BYTES; i++)
			reason[n++] = rest[i];
	reason[n] = '\0';
	reason[strcspn(reason, "\n")] = '\0';
}

static int try_mode(const struct mode *m, const struct visible *v, char **argv,
	struct attempt *a, struct err *e)
{
	AUTO_FD int in = -1;
	AUTO_FD int out = -1;
	int ends[2], status = 1;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(e, "pipe");
	in = ends[0];
	out = ends[1];
	pid = fork();
	if (pid < 0)
		return err_sys(e, "fork");
	if (pid == 0)
		run_attempt(m, v, argv, out);
	fd_close(&out);
	out = -1;
	read_reason(in, a->reason);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys(e, "wait");
	a->works = status == 0;
	return 0;
}

int probe_modes(const struct visible *v, char **argv, struct err *e)
{
	static struct attempt tried[16];
	size_t n = 0;

	for (const struct mode *m = mode_table; m < mode_table + mode_count;
		m++) {
		if (m->drops_root && geteuid() != 0)
			continue;
		if (try_mode(m, v, argv, &tried[n], e) < 0)
			return -1;
		if (!tried[n].works) {
			n++;
			continue;
		}
		printf("%s\n%s\n", m->name, m->lacks);
		for (size_t i = 0; i < n; i++)
			printf("%s\n", tried[i].reason);
		return 0;
	}
	return err_set(e, "%s cannot be run at all: %s", argv[0],
		n ? tried[n - 1].reason : "");
}
