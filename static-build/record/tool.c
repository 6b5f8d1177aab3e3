/*
 * tool - search PATH, fork and wait.
 *
 * The recorder recognises itself by its own executable, not by its directory,
 * so any number of directories of shims may be on PATH.  ccache is passed over:
 * what it takes from its store no tool has made.  Others may be scripts under
 * the name of a compiler that start it by its name again, which is ours: the
 * tools that were found are handed on in RECORD_FOUND, and the next call goes
 * on to the one behind.
 */
#include "static-build/record/tool.h"

#include "lib/base/buf.h"
#include "static-build/record/resolved.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define FOUND_MAX_BYTES (64u << 10)

const char *tool_base(const char *path)
{
	return path + strlen(path) - str_base_name(str_of(path)).n;
}

size_t tool_count(char *const *argv)
{
	size_t n = 0;

	while (argv[n])
		n++;
	return n;
}

/* Did a call that this one comes from find it? */
static bool is_found(const char *path)
{
	const char *found = getenv("RECORD_FOUND");
	struct str rest = str_of(found ? found : ""), one;

	while (str_cut(&rest, ':', &one))
		if (str_is(one, path))
			return true;
	return false;
}

static int note_found(const char *path, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(FOUND_MAX_BYTES);
	const char *found = getenv("RECORD_FOUND");

	buf_fmt(&b, "%s%s%s", found ? found : "", found ? ":" : "", path);
	if (b.full || setenv("RECORD_FOUND", buf_cstr(&b), 1) < 0)
		return err_kind(e, ERR_LIMIT,
			"%s: it starts itself again and again", path);
	return 0;
}

bool tool_is_recorder(const struct context *c, const char *path)
{
	char real[PATH_MAX];

	return realpath(path, real) && strcmp(real, c->self) == 0;
}

static bool is_other_program(const struct context *c, const char *path)
{
	char real[PATH_MAX];

	return access(path, X_OK) == 0 && realpath(path, real) &&
	       strcmp(real, c->self) != 0 &&
	       strcmp(tool_base(real), "ccache") != 0 && !is_found(path);
}

int tool_find(const struct context *c, const char *name, char out[PATH_MAX],
	struct err *e)
{
	const char *path = getenv("PATH");
	struct str rest = str_of(path ? path : "/usr/bin:/bin");
	struct str dir;

	while (str_cut(&rest, ':', &dir)) {
		int n = snprintf(out, PATH_MAX, "%.*s/%s", STR_ARG(dir), name);

		if (n > 0 && n < PATH_MAX && is_other_program(c, out))
			return note_found(out, e);
	}
	return err_kind(e, ERR_ABSENT,
		"no %s on PATH other than the recorder%s%s", name,
		getenv("RECORD_FOUND") ? " and what called it: " : "",
		getenv("RECORD_FOUND") ? getenv("RECORD_FOUND") : "");
}

int tool_become(const char *path, char *const *argv, struct err *e)
{
	execvp(path, argv);
	return err_sys(e, "%s", path);
}

int tool_run(const char *path, char *const *argv, int *rc, struct err *e)
{
	pid_t child;
	int status;

	resolved_forget();
	errno = posix_spawnp(&child, path, NULL, NULL, argv, environ);
	if (errno == ENOENT || errno == EACCES || errno == ENOEXEC) {
		fprintf(stderr, "record: %s: %s\n", path, strerror(errno));
		*rc = 127;
		return 0;
	}
	if (errno != 0)
		return err_sys(e, "start %s", path);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys(e, "wait for %s", path);
	*rc = WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				  : WEXITSTATUS(status);
	return 0;
}
