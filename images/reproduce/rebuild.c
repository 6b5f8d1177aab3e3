/*
 * rebuild - three processes: this one waits; its child makes namespaces; the
 * grandchild is their first process, so that all that the build leaves behind,
 * disorderfs too, ends with it.
 */
#include "images/reproduce/rebuild.h"

#include "images/reproduce/command.h"
#include "images/reproduce/disorder.h"
#include "images/reproduce/sources.h"
#include "lib/base/str.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define REBUILD_OURS     125 /* exit code: the build did not begin */
#define REBUILD_PATH_MAX ((size_t)1 << 17)
#define REBUILD_SHADOW   "seen"

struct build {
	const struct perturb *p;
	const char *command;
	const char *tree; /* the sources */
};

/* ---- in the build's own processes ------------------------------------- */

/* `keelson` is the one that runs, wherever it lies. */
static int put_self_on_path(struct err *e)
{
	AUTO_BUF struct buf path = buf_growing(REBUILD_PATH_MAX);
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	const char *now = getenv("PATH");
	char *slash;

	if (n < 0)
		return err_sys(e, "/proc/self/exe");
	self[n] = '\0';
	slash = strrchr(self, '/');
	if (slash)
		*slash = '\0';
	buf_fmt(&path, "%s:%s", self, now ? now : "/usr/bin:/bin");
	if (path.full)
		return err_kind(e, ERR_LIMIT, "PATH is too long");
	return setenv("PATH", buf_cstr(&path), 1) < 0 ? err_sys(e, "PATH") : 0;
}

static int start(const struct build *b, struct err *e)
{
	const char *clock = perturb_clock(b->p);
	const char *argv[] = {
		"faketime", "-f", clock, "sh", "-c", b->command, NULL};
	const char *const *from = clock ? argv : argv + 3;
	char seen[REBUILD_PATH_BYTES];
	const char *dir = b->tree;

	snprintf(seen, sizeof(seen), "%.1000s." REBUILD_SHADOW, b->tree);
	if (b->p->has_disorderfs) {
		if (disorder_mount(b->tree, seen, e) < 0)
			return -1;
		dir = seen;
	}
	if (put_self_on_path(e) < 0 || perturb_become(b->p, e) < 0)
		return -1;
	if (chdir(dir) < 0)
		return err_sys(e, "%s", dir);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	execvp(from[0], (char *const *)(uintptr_t)from);
	return err_sys(e, "%s", from[0]);
}

static void build_inside(const struct build *b)
{
	struct err e = {0};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	start(b, &e);
	fprintf(stderr, "keelson: %s\n", e.text);
	_exit(REBUILD_OURS);
}

static void build_outside(const struct build *b)
{
	struct err e = {0};
	pid_t pid;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (perturb_enter(b->p, &e) < 0) {
		fprintf(stderr, "keelson: %s\n", e.text);
		_exit(REBUILD_OURS);
	}
	pid = fork();
	if (pid == 0)
		build_inside(b);
	_exit(pid < 0 ? REBUILD_OURS : command_wait(pid));
}

/* ---- in ours ---------------------------------------------------------- */

static int run_build(const struct build *b, struct err *e)
{
	pid_t pid;
	int rc;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return err_sys(e, "fork");
	if (pid == 0)
		build_outside(b);
	rc = command_wait(pid);
	return rc ? err_set(e, "%s: the build fails with %d: %s", b->tree, rc,
			    b->command)
		  : 0;
}

/* With the umask of the build, as if it were cloned there. */
static int copy_sources(
	const struct rebuild *r, const char *tree, struct err *e)
{
	const struct perturb *p = r->perturb;
	const struct copy_request how = {.to = tree,
		.order = p->order,
		.keeps_order = p->has_disorderfs, /* which turns it */
		.has_old_times = p->of[PERTURB_FILE_TIMES].is_on};
	mode_t now = umask(p->of[PERTURB_UMASK].is_on ? p->umask : 022);
	int done = sources_copy(r->project, &how, e);

	umask(now);
	return done;
}

int rebuild(
	const struct rebuild *r, char tree[REBUILD_PATH_BYTES], struct err *e)
{
	struct build b = {.p = r->perturb, .command = r->command, .tree = tree};
	int n = snprintf(tree, REBUILD_PATH_BYTES, "%s/%s/%.*s",
		r->perturb->work, r->place, STR_ARG(r->project->is.name));

	if (n < 0 || n + 8 >= REBUILD_PATH_BYTES)
		return err_kind(
			e, ERR_LIMIT, "%s: path too long", r->perturb->work);
	if (copy_sources(r, tree, e) < 0)
		return -1;
	return run_build(&b, e);
}
