/*
 * prove_run - fork, chroot(2), give up all privileges, exec.
 *
 * The namespaces belong to the process that calls: it made them before
 * (mode.h), because making one for each of hundreds of tools takes longer than
 * the tools.
 */
#include "sbom/prove/prove_run.h"

#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	RUN_LIMIT_S = 600, /* CRIU's largest source takes 3 s */
	RUN_EXIT_OURS = 126,
};

static const struct {
	const char *name, *lacks;
} run_modes[] = {
	{"net", ""},
	{"net-own", ""},
	{"user", "namespaces are refused here: the network could be reached"},
};

/* In a process of its own, since there is no way back. */
static bool run_mode_works(const struct mode *m)
{
	pid_t pid = fork();
	int status = 1;

	if (pid == 0)
		_exit(mode_enter(m, NULL) < 0 || chroot("/") < 0);
	while (pid > 0 && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return pid > 0 && status == 0;
}

int prove_run_mode(const struct mode **out, const char **lacks, struct err *e)
{
	for (size_t i = 0; i < sizeof(run_modes) / sizeof(*run_modes); i++) {
		*out = mode_find(run_modes[i].name);
		*lacks = run_modes[i].lacks;
		if (*out != NULL && run_mode_works(*out))
			return 0;
	}
	return err_kind(e, ERR_DENIED,
		"a tool cannot be shut into a tree here: run as root, or let "
		"users make namespaces");
}

static void run_tool(const struct prove_call *c, int out)
{
	struct err e = {0};
	int in = open("/dev/null", O_RDONLY);

	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	if (syscall(SYS_close_range, 3, ~0U, 0) < 0 || chroot(c->tree) < 0 ||
		chdir(c->cwd) < 0)
		err_sys(&e, "enter the tree");
	else if (mode_drop(c->mode, &e) == 0) {
		alarm(RUN_LIMIT_S);
		execve(c->tool, c->argv, c->env);
		err_sys(&e, "%s", c->tool);
	}
	fprintf(stderr, "%s\n", e.text);
	_exit(RUN_EXIT_OURS);
}

/* Read all, keep what there is room for. */
static void run_listen(int in, struct buf *said)
{
	char chunk[512];
	ssize_t n;

	while ((n = read(in, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno != EINTR)
			return;
		for (ssize_t i = 0; i < n; i++)
			if (said->n + 1 < said->cap)
				buf_byte(said, chunk[i]);
	}
}

int prove_run(
	const struct prove_call *c, int *rc, struct buf *said, struct err *e)
{
	AUTO_FD int in = -1;
	int ends[2], status;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(e, "pipe");
	in = ends[0];
	pid = fork();
	if (pid == 0)
		run_tool(c, ends[1]);
	fd_close(&ends[1]);
	if (pid < 0)
		return err_sys(e, "fork");
	run_listen(in, said);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys(e, "wait");
	*rc = WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				  : WEXITSTATUS(status);
	return 0;
}
