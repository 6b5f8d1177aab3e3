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
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	RUN_LIMIT_S = 600, /* CRIU's largest source takes 3 s */
	RUN_EXIT_OURS = 126,
	RUN_ROUNDS_MAX = 1000, /* of ending what tools leave */
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

/* ---- the tool, and what it leaves running ---- */

/* A tool that runs. */
struct run_watch {
	pid_t pid;
	int in;    /* what it says */
	int ended; /* readable when it has ended (pidfd_open(2)) */
	struct buf *said;
};

/* Read what is there, keep what there is room for; false at the end. */
static bool run_listen(const struct run_watch *w)
{
	char chunk[512];
	ssize_t n = read(w->in, chunk, sizeof(chunk));

	if (n < 0)
		return errno == EINTR;
	for (ssize_t i = 0; i < n; i++)
		if (w->said->n + 1 < w->said->cap)
			buf_byte(w->said, chunk[i]);
	return n > 0;
}

/* Until it has ended, though others may still hold its output open. */
static void run_wait(const struct run_watch *w)
{
	struct pollfd on[] = {{w->in, POLLIN, 0}, {w->ended, POLLIN, 0}};

	for (;;) {
		if (poll(on, 2, -1) < 0 && errno != EINTR)
			return;
		if (on[0].revents != 0 && !run_listen(w))
			on[0].fd = -1;
		if (on[1].revents != 0 && on[0].revents == 0)
			return;
		if (on[1].revents != 0 && on[0].fd < 0)
			return;
	}
}

/*
 * Those that the tool started and that outlive it have become ours
 * (PR_SET_CHILD_SUBREAPER): end them, and those that become ours by that.
 */
static void run_end_others(void)
{
	char path[64], list[4096];

	snprintf(path, sizeof(path), "/proc/self/task/%ld/children",
		(long)getpid());
	for (int round = 0; round < RUN_ROUNDS_MAX; round++) {
		AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t n = fd < 0 ? -1 : read(fd, list, sizeof(list) - 1);
		struct str rest = {list, n > 0 ? (size_t)n : 0}, word;
		uint64_t pid;

		if (n <= 0)
			return;
		while (str_cut(&rest, ' ', &word))
			if (str_u64(word, 1, INT32_MAX, &pid) == 0) {
				kill((pid_t)pid, SIGKILL);
				waitpid((pid_t)pid, NULL, 0);
			}
	}
}

static int run_end(const struct run_watch *w, int *rc, struct err *e)
{
	int status;

	while (waitpid(w->pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys(e, "wait");
	run_end_others();
	*rc = WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				  : WEXITSTATUS(status);
	return 0;
}

int prove_run(
	const struct prove_call *c, int *rc, struct buf *said, struct err *e)
{
	AUTO_FD int in = -1, ended = -1;
	struct run_watch w = {.said = said};
	int ends[2];

	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return err_sys(e, "become the reaper of tools");
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(e, "pipe");
	in = ends[0];
	w.pid = fork();
	if (w.pid == 0)
		run_tool(c, ends[1]);
	fd_close(&ends[1]);
	if (w.pid < 0)
		return err_sys(e, "fork");
	ended = (int)syscall(SYS_pidfd_open, w.pid, 0);
	w.in = in;
	w.ended = ended;
	if (ended >= 0)
		run_wait(&w);
	else
		while (run_listen(&w))
			;
	return run_end(&w, rc, e);
}
