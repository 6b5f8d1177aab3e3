/*
 * clang - compile, assemble and link as clang says it would (`-###`), because
 * it compiles within itself and starts nothing that could be wrapped.
 *
 * What -### prints are the very command lines that it would run, in order; each
 * is run by a recorder of its own.  Its warnings are passed on.  Files between
 * two jobs are clang's own names in /tmp, and are removed as clang would.  A
 * call that has no jobs, or fails, is left to clang itself.
 */
#include "static-build/record/clang.h"

#include "lib/base/fd.h"
#include "static-build/record/roles.h"
#include "static-build/record/tool.h"
#include "static-build/record/unit.h"
#include "static-build/record/words.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define JOBS_MAX_BYTES (16u << 20)

struct clang {
	const struct context *c;
	char **argv; /* of the driver */
	struct arena *arena;
	struct words *jobs;
	size_t n, room;
};

/* ---- what clang would do ---- */

static void ask_child(char *path, char **args, int to)
{
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
		dup2(nothing, STDOUT_FILENO) < 0 || dup2(to, STDERR_FILENO) < 0)
		_exit(127);
	execv(path, args);
	_exit(127);
}

/* Its answer; *rc is not 0 when it would fail. */
static int ask(char *path, char **args, struct buf *out, int *rc, struct err *e)
{
	int ends[2], status = 0, done;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(e, "pipe");
	child = fork();
	if (child == 0)
		ask_child(path, args, ends[1]);
	close(ends[1]);
	done = child < 0 ? err_sys(e, "fork") : fd_read_all(ends[0], out, e);
	close(ends[0]);
	while (child > 0 && waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys(e, "wait for %s", path);
	*rc = status;
	return done;
}

static int add_job(struct clang *k, struct str line, struct err *e)
{
	struct words *jobs =
		arena_grow(k->arena, k->jobs, k->n, &k->room, sizeof *jobs);

	if (!jobs)
		return err_kind(e, ERR_LIMIT, "out of memory");
	k->jobs = jobs;
	return words_split(line, k->arena, &jobs[k->n++], e);
}

static bool has_text(struct str line, struct str text)
{
	for (size_t i = 0; i + text.n <= line.n; i++)
		if (str_has_prefix(str_sub(line, i, line.n), text))
			return true;
	return false;
}

/* Its version and the like, of which it says more than a compile would. */
static bool is_said_anyway(struct str line)
{
	return line.n == 0 || has_text(line, STR("clang version ")) ||
	       str_is(line, " (in-process)") ||
	       str_has_prefix(line, STR("Target: ")) ||
	       str_has_prefix(line, STR("Thread model: ")) ||
	       str_has_prefix(line, STR("InstalledDir: ")) ||
	       str_has_prefix(line, STR("Configuration file: "));
}

static int read_jobs(struct clang *k, struct str text, struct err *e)
{
	bool is_loud = words_has((const char *const *)k->argv, "-v");
	struct str line;

	while (str_cut(&text, '\n', &line)) {
		bool is_job = str_has_prefix(line, STR(" \""));

		if (is_job && add_job(k, line, e) < 0)
			return -1;
		if (is_loud || !(is_job || is_said_anyway(line)))
			fprintf(stderr, "%.*s\n", STR_ARG(line));
	}
	return 0;
}

/* ---- doing it ---- */

static const char *output_of(const struct words *job)
{
	for (size_t i = 1; i + 1 < job->n; i++)
		if (strcmp(job->list[i], "-o") == 0)
			return job->list[i + 1];
	return NULL;
}

static bool is_named(char *const *argv, const char *path)
{
	for (size_t i = 1; argv[i]; i++)
		if (strstr(argv[i], path))
			return true;
	return false;
}

/* Files that only later jobs read. */
static void remove_temporary(const struct clang *k)
{
	for (size_t i = 0; i + 1 < k->n; i++) {
		const char *path = output_of(&k->jobs[i]);

		if (path && path[0] == '/' && !is_named(k->argv, path))
			unlink(path);
	}
}

static int run_job(
	struct clang *k, const struct words *job, int *rc, struct err *e)
{
	static char name[] = "record-sub";
	char **args = unit_words(job->list, 1, k->arena, e);

	if (!args)
		return -1;
	args[1] = args[0];
	args[0] = name;
	return tool_run(k->c->self, args, rc, e);
}

static int run_jobs(struct clang *k, int *rc, struct err *e)
{
	int done = 0;

	*rc = 0;
	for (size_t i = 0; i < k->n && done == 0 && *rc == 0; i++)
		done = run_job(k, &k->jobs[i], rc, e);
	remove_temporary(k);
	return done;
}

int clang_drive(const struct context *c, char *path, char **argv, int *rc,
	struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(UNIT_WORDS_MAX_BYTES);
	AUTO_BUF struct buf text = buf_growing(JOBS_MAX_BYTES);
	struct clang k = {.c = c, .argv = argv, .arena = &a};
	static char question[] = "-###";
	char **args = unit_words(argv, 1, &a, e);

	if (!args)
		return -1;
	args[1] = question;
	if (ask(path, args, &text, rc, e) < 0)
		return -1;
	if (*rc != 0 || !strstr(buf_cstr(&text), "\n \""))
		return tool_become(path, argv, e);
	if (read_jobs(&k, buf_view(&text), e) < 0)
		return -1;
	return run_jobs(&k, rc, e);
}

/* ---- one job ---- */

/* The last word is the source: clang puts it there. */
static void read_cc1(char **argv, struct unit *u, bool *has_system)
{
	for (size_t i = 2; argv[i]; i++) {
		if (strcmp(argv[i], "-o") == 0)
			u->output = argv[i + 1];
		if (strcmp(argv[i], "-dependency-file") == 0)
			u->depfile = argv[i + 1];
		if (strcmp(argv[i], "-Eonly") == 0)
			u->only_deps = true;
		*has_system |= strcmp(argv[i], "-sys-header-deps") == 0;
		if (!argv[i + 1])
			u->source = argv[i];
	}
}

/* Ask for a dependency file, or for system headers in the build's own. */
static char **with_depfile(
	char **argv, struct unit *u, char *own, struct arena *a, struct err *e)
{
	static char file[] = "-dependency-file", target[] = "-MT",
		    unit[] = "unit", all[] = "-sys-header-deps";
	bool has_system = false;
	char **args;

	read_cc1(argv, u, &has_system);
	if (u->depfile && has_system)
		return argv;
	args = unit_words(argv, u->depfile ? 1 : 5, a, e);
	if (!args)
		return NULL;
	args[1] = argv[1];
	args[2] = all;
	if (!u->depfile) {
		args[3] = file;
		args[4] = own;
		args[5] = target;
		args[6] = unit;
		u->depfile = own;
	}
	return args;
}

static int run_unit(const struct context *c, char **args, struct unit *u,
	int *rc, struct err *e)
{
	unit_look_at_source(c, u);
	if (tool_run(args[0], args, rc, e) < 0 ||
		unit_write(c, &(struct event_call){args[0], args, *rc}, u, e) <
			0)
		return -1;
	return *rc == 0 && u->output && strcmp(u->output, "-") != 0
		       ? unit_keep_temporary(c, u->output, e)
		       : 0;
}

int clang_run(const struct context *c, char **argv, int *rc, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(UNIT_WORDS_MAX_BYTES);
	static char own[PATH_MAX];
	static struct unit u;
	bool is_assembler = argv[1] && strcmp(argv[1], "-cc1as") == 0;
	bool has_system;
	char **args = argv;
	int done;

	if (!argv[1] || (!is_assembler && strcmp(argv[1], "-cc1") != 0))
		return tool_become(argv[0], argv, e);
	if (context_temporary(c, ".d", own, e) < 0)
		return -1;
	u.kind = is_assembler ? "assemble" : "compile";
	if (is_assembler)
		read_cc1(argv, &u, &has_system);
	else
		args = with_depfile(argv, &u, own, &a, e);
	if (!args)
		return -1;
	if (u.only_deps)
		return tool_become(argv[0], argv, e);
	done = run_unit(c, args, &u, rc, e);
	unlink(own);
	return done;
}
