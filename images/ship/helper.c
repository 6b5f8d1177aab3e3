/*
 * helper - a child with a pipe at both ends.
 *
 * The question is in the pipe before the child begins: it is far shorter than
 * what a pipe holds, so that nobody waits and a child that does not read it
 * hurts nobody.
 */
#include "images/ship/helper.h"

#include "lib/base/fd.h"
#include "lib/net/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define HELPER_PATH_BYTES 256

/* Words of helpers that have no login; exit code 1 goes with them. */
#define NOT_FOUND "credentials not found"

struct helper {
	char program[HELPER_PATH_BYTES];
	int in[2], out[2];
	pid_t pid;
};

static int make_pipes(struct helper *h, const char *registry, struct err *e)
{
	if (pipe2(h->in, O_CLOEXEC) < 0 || pipe2(h->out, O_CLOEXEC) < 0)
		return err_sys(e, "pipe");
	return fd_write(h->in[1], registry, strlen(registry), e);
}

/* In the child: never returns. */
static void become(const struct helper *h)
{
	char *const argv[] = {
		(char *)(uintptr_t)h->program, (char *)(uintptr_t) "get", NULL};

	if (dup2(h->in[0], STDIN_FILENO) >= 0 &&
		dup2(h->out[1], STDOUT_FILENO) >= 0)
		execvp(h->program, argv);
	_exit(127);
}

/* Read until its end of file. 0 or -1. */
static int read_answer_until(
	int fd, uint64_t end_ms, struct buf *out, struct err *e)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char part[4096];

	for (;;) {
		uint64_t now_ms = loop_now_ms();
		ssize_t n;

		if (now_ms >= end_ms)
			return err_kind(e, ERR_TIMEOUT,
				"no answer in %d seconds", HELPER_MS / 1000);
		if (poll(&p, 1, (int)(end_ms - now_ms)) <= 0)
			continue;
		n = read(fd, part, sizeof(part));
		if (n < 0 && errno != EINTR)
			return err_sys(e, "read");
		if (n > 0)
			buf_put(out, part, (size_t)n);
		explicit_bzero(part, sizeof(part));
		if (n == 0)
			return 0;
		if (out->full)
			return err_kind(e, ERR_LIMIT,
				"its answer is longer than 64 KiB");
	}
}

/* What the exit code says of the answer. */
static int judge(int status, const struct buf *out, struct err *e)
{
	const struct str not_found = STR(NOT_FOUND);

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 1;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return err_set(e, "it is not on PATH");
	for (size_t i = 0; i + not_found.n <= out->n; i++)
		if (str_ieq((struct str){out->p + i, not_found.n}, not_found))
			return 0;
	return err_set(e, "it failed");
}

/* A child that is still there, after a failure, is ended. */
static int reap(const struct helper *h, bool is_failed)
{
	int status = 0;

	if (is_failed)
		kill(h->pid, SIGKILL);
	while (waitpid(h->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return status;
}

static int run_helper(
	struct helper *h, const char *registry, struct buf *out, struct err *e)
{
	int done, status;

	if (make_pipes(h, registry, e) < 0)
		return -1;
	h->pid = fork();
	if (h->pid < 0)
		return err_sys(e, "fork");
	if (h->pid == 0)
		become(h);
	fd_close(&h->in[1]);
	fd_close(&h->in[0]);
	fd_close(&h->out[1]);
	done = read_answer_until(h->out[0], loop_now_ms() + HELPER_MS, out, e);
	status = reap(h, done < 0);
	return done < 0 ? -1 : judge(status, out, e);
}

int helper_ask(
	const char *name, const char *registry, struct buf *out, struct err *e)
{
	struct helper h = {.in = {-1, -1}, .out = {-1, -1}};
	int known;

	snprintf(h.program, sizeof(h.program), "docker-credential-%s", name);
	known = run_helper(&h, registry, out, e);
	for (int i = 0; i < 2; i++) {
		fd_close(&h.in[i]);
		fd_close(&h.out[i]);
	}
	return known < 0 ? err_at(e, "%s", h.program) : known;
}
