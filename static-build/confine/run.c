/*
 * run - fork, confine, exec, wait.
 *
 * The child is the first process of its PID namespace: when it ends, the kernel
 * ends all that it started.  It dies with this process, whose death it learns
 * from a pipe until the kernel has taken note of its wish to be told.
 */
#include "static-build/confine/run.h"

#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_NOT_CONFINED 126

static pid_t child;

/* Ends the group of the child, for a mode without PIDs of its own. */
static void on_end(int signal)
{
	kill(-child, SIGKILL);
	kill(child, SIGKILL);
	_exit(128 + signal);
}

static int die_with_parent(int parent, struct err *e)
{
	struct pollfd p = {.fd = parent, .events = POLLIN};

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return err_sys(e, "PR_SET_PDEATHSIG");
	if (poll(&p, 1, 0) != 0)
		return err_set(e, "the caller has ended");
	return 0;
}

/* What was open in the caller would lead out of the view. */
static int close_others(struct err *e)
{
	if (syscall(SYS_close_range, 3, ~0U, 0) < 0)
		return err_sys(e, "close_range");
	return 0;
}

static int confine(const struct mode *m, const struct visible *v, int parent,
	struct err *e)
{
	bool has_own_pids = (m->namespaces & CLONE_NEWPID) != 0;

	setsid(); /* no terminal, and a group that can be ended */
	if (m->has_view && visible_enter(v, has_own_pids, e) < 0)
		return -1;
	if (mode_drop(m, e) < 0 || die_with_parent(parent, e) < 0)
		return -1;
	return close_others(e);
}

static void become(
	const struct mode *m, const struct visible *v, char **argv, int parent)
{
	struct err e = {.kind = ERR_NONE};

	if (confine(m, v, parent, &e) == 0) {
		execv(argv[0], argv);
		err_sys(&e, "%s", argv[0]);
	}
	fprintf(stderr, "confine: %s: %s\n", m->name, e.text);
	_exit(EXIT_NOT_CONFINED);
}

static int wait_for_child(int *rc, struct err *e)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys(e, "wait");
	*rc = WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				  : WEXITSTATUS(status);
	kill(-child, SIGKILL); /* who is left of its group */
	return 0;
}

int run_confined(const struct mode *m, const struct visible *v, char **argv,
	int *rc, struct err *e)
{
	int ends[2];
	AUTO_FD int parent_end = -1;
	AUTO_FD int child_end = -1;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(e, "pipe");
	child_end = ends[0];
	parent_end = ends[1];
	if (mode_enter(m, e) < 0)
		return -1;
	child = fork();
	if (child < 0)
		return err_sys(e, "fork");
	if (child == 0) {
		fd_close(&parent_end);
		become(m, v, argv, child_end);
	}
	signal(SIGINT, on_end);
	signal(SIGTERM, on_end);
	signal(SIGHUP, on_end);
	return wait_for_child(rc, e);
}
