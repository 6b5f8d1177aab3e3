/*
 * outside - before the command: directories, the names on PATH, the source and
 * a manifest of it.  After: the packages of the host's files, and what no
 * event accounts for.
 *
 * The command sees five variables changed: PATH, RECORD_*, MAKEFILES, and
 * CCACHE_DISABLE, since what ccache takes from its store no tool has made.
 */
#include "static-build/outside/outside.h"

#include "lib/base/fd.h"
#include "sbom/index/vendored.h"
#include "static-build/outside/hosts.h"
#include "static-build/outside/manifest.h"
#include "static-build/outside/run_log.h"
#include "static-build/outside/shims.h"
#include "static-build/outside/unseen.h"
#include "static-build/outside/upstream_find.h"
#include "static-build/record/known.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTSIDE_ARENA_MAX ((size_t)4 << 30)
/* Below the evidence, while it is recorded; with a dot, as all its files have,
   since not every file system tells files from directories (disorderfs). */
#define OUTSIDE_KNOWN "known.table"

enum { OUTSIDE_FORMAT = 1, OUTSIDE_JSON_MAX = 64 << 20 };

static int outside_set_path(const struct place *p, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(1 << 20);
	const char *path = getenv("PATH");

	buf_fmt(&b, "%s:%s", p->bin, path != NULL ? path : "/usr/bin:/bin");
	if (b.full || setenv("PATH", buf_cstr(&b), 1) < 0)
		return place_no_memory(e);
	return 0;
}

static int outside_set_environment(const struct place *p, struct err *e)
{
	const char *makefile = place_path(p->arena, p->dir, "record.mk", e);
	const char *known = place_path(p->arena, p->dir, OUTSIDE_KNOWN, e);
	const char *const set[][2] = {
		{"RECORD_DIR", p->room},
		{"RECORD_ROOT", p->root},
		{"RECORD_NAME", "build"},
		{"RECORD_KNOWN", known},
		{"MAKEFILES", makefile},
		{"CCACHE_DISABLE", "1"},
	};

	if (makefile == NULL || known == NULL || outside_set_path(p, e) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(set) / sizeof(*set); i++)
		if (setenv(set[i][0], set[i][1], 1) < 0)
			return err_sys(e, "set %s", set[i][0]);
	unsetenv("RECORD_RUN");
	unsetenv("RECORD_LINKING");
	unsetenv("RECORD_FOUND");
	unsetenv("RECORD_SHELL");
	return 0;
}

static void outside_child(const struct place *p, char *const *argv)
{
	struct err e = {0};

	if (outside_set_environment(p, &e) < 0) {
		fprintf(stderr, "keelson: %s\n", e.text);
		_exit(127);
	}
	execvp(argv[0], argv);
	fprintf(stderr, "keelson: %s: %s\n", argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

/* An interrupt from the terminal is the command's; we then finish. */
static int outside_run(
	const struct place *p, char *const *argv, int *rc, struct err *e)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, was_int, was_quit;
	pid_t child = fork();
	int status = 0, done;

	if (child < 0)
		return err_sys(e, "fork");
	if (child == 0)
		outside_child(p, argv);
	sigaction(SIGINT, &ignore, &was_int);
	sigaction(SIGQUIT, &ignore, &was_quit);
	do
		done = waitpid(child, &status, 0);
	while (done < 0 && errno == EINTR);
	sigaction(SIGINT, &was_int, NULL);
	sigaction(SIGQUIT, &was_quit, NULL);
	if (done < 0)
		return err_sys(e, "wait for %s", argv[0]);
	*rc = WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				  : WEXITSTATUS(status);
	return 0;
}

static int outside_write_record(const struct place *p, const struct upstream *s,
	const struct unseen *u, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(OUTSIDE_JSON_MAX);
	const char *path = place_path(p->arena, p->dir, "record.json", e);
	struct json_out o = json_out(&b, 1);

	json_map(&o, NULL);
	json_whole(&o, "format", OUTSIDE_FORMAT);
	json_text(&o, "root", p->root);
	json_map(&o, "source");
	upstream_json(s, &o);
	json_map_end(&o);
	unseen_json(u, &o);
	json_map_end(&o);
	buf_byte(&b, '\n');
	if (b.full)
		return place_no_memory(e);
	return path == NULL ? -1 : file_write(path, buf_view(&b), 0644, e);
}

/* Checked before the build, not after. */
static int outside_keep_index(
	const struct place *p, const char *index, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(FILE_INDEX_MAX_BYTES);
	const char *path = place_path(p->arena, p->dir, VENDORED_INDEX, e);
	struct file_index x;

	if (index == NULL || path == NULL)
		return path == NULL ? -1 : 0;
	if (file_read(index, &text, e) < 0)
		return -1;
	if (file_index_parse(buf_view(&text), p->arena, &x, e) < 0)
		return err_at(e, "%s", index);
	return file_write(path, buf_view(&text), 0644, e);
}

static int outside_course(struct place *p, const struct outside_request *r,
	int *rc, struct err *e)
{
	struct run_log log;
	struct upstream source;
	struct unseen unseen;

	if (run_log_start(&log, e) < 0 ||
		outside_keep_index(p, r->index, e) < 0 ||
		shims_make(p, e) < 0 || upstream_find(p, &source, e) < 0 ||
		manifest_write(p, &source, e) < 0 ||
		outside_run(p, r->argv, rc, e) < 0 ||
		run_log_finish(&log, p, r->argv, *rc, e) < 0)
		return -1;
	if (hosts_write(p, e) < 0 || unseen_find(p, &unseen, e) < 0 ||
		outside_write_record(p, &source, &unseen, e) < 0)
		return -1;
	unseen_tell(&unseen, p);
	return 0;
}

/* Digests of an earlier run, or of one that was killed, are not used. */
static int outside_course_knowing(struct place *p,
	const struct outside_request *r, int *rc, struct err *e)
{
	const char *known = place_path(p->arena, p->dir, OUTSIDE_KNOWN, e);
	int done;

	if (known == NULL)
		return -1;
	unlink(known);
	known_use(known);
	done = outside_course(p, r, rc, e);
	known_use(NULL);
	unlink(known);
	return done;
}

int outside_record(const struct outside_request *r, int *rc, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(OUTSIDE_ARENA_MAX);
	struct place p;

	if (getenv("RECORD_DIR") != NULL)
		return err_kind(e, ERR_BUSY,
			"this command is being recorded already, in %s",
			getenv("RECORD_DIR"));
	if (place_find(r->dir, r->root, &a, &p, e) < 0)
		return -1;
	return outside_course_knowing(&p, r, rc, e);
}
