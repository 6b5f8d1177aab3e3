/*
 * leftover - asks the runtime whose container it is, and has it delete it.
 *
 * Who took the name between our look and our restore made it fail; that
 * container has another bundle and stays.  A cgroup is removed by rmdir(2),
 * which the kernel refuses while there is a process in it.
 */
#include "checkpoint-agent/restore/leftover.h"

#include "lib/base/fd.h"
#include "lib/base/json.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CGROUPS      "/sys/fs/cgroup"
#define EXIT_NO_EXEC 127
#define STATE_MAX    (1u << 20) /* annotations are in it */
#define WALK_FDS     16

/* ---- the container ------------------------------------------------------ */

static void exec_quietly(char *const *args, int out)
{
	int null = open("/dev/null", O_RDWR);

	dup2(null, STDIN_FILENO);
	dup2(out >= 0 ? out : null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	execvp(args[0], args);
	_exit(EXIT_NO_EXEC);
}

/* Append what it prints to b, which may be NULL.  True: it ended well. */
static bool run_command(char *const *args, struct buf *b)
{
	AUTO_FD int from = -1, to = -1;
	int ends[2], status = -1;
	pid_t pid;

	if (b && pipe2(ends, O_CLOEXEC) == 0) {
		from = ends[0];
		to = ends[1];
	}
	pid = fork();
	if (pid == 0)
		exec_quietly(args, to);
	if (pid < 0)
		return false;
	fd_close(&to);
	if (from >= 0)
		fd_read_all(from, b, NULL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool is_same_dir(const char *a, const char *b)
{
	struct stat one, other;

	return stat(a, &one) == 0 && stat(b, &other) == 0 &&
	       one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* What the runtime does not know belongs to nobody. */
static bool is_of_others(const struct leftover *l)
{
	AUTO_BUF struct buf text = buf_growing(STATE_MAX);
	AUTO_ARENA struct arena a = arena_make(8 * STATE_MAX);
	char program[PATH_MAX], name[NAME_MAX + 1], verb[] = "state";
	char *const args[] = {program, verb, name, NULL};
	const struct node *state;
	struct str bundle;

	snprintf(program, sizeof(program), "%s", l->program);
	snprintf(name, sizeof(name), "%s", l->name);
	if (!run_command(args, &text))
		return false;
	if (json_parse(buf_view(&text), &a, &state, NULL) < 0)
		return true;
	bundle = node_text(node_get(state, "bundle"));
	return !bundle.n || !is_same_dir(bundle.p, l->bundle);
}

static void delete_container(const struct leftover *l)
{
	char program[PATH_MAX], name[NAME_MAX + 1];
	char verb[] = "delete", force[] = "--force";
	char *const args[] = {program, verb, force, name, NULL};

	snprintf(program, sizeof(program), "%s", l->program);
	snprintf(name, sizeof(name), "%s", l->name);
	run_command(args, NULL);
}

/* ---- cgroups ------------------------------------------------------------ */

static void put_cgroup(char path[PATH_MAX], const char *at, const char *name)
{
	snprintf(path, PATH_MAX, CGROUPS "/%s/%s", at, name);
}

void leftover_expect(struct leftover *l)
{
	/* a name that is a path is refused by every runtime */
	DIR *d = strchr(l->name, '/') ? NULL : opendir(CGROUPS);
	const struct dirent *entry;
	char path[PATH_MAX];

	l->n = 0;
	while (d && (entry = readdir(d)) && l->n < LEFTOVER_HIERARCHIES) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		put_cgroup(path, entry->d_name, l->name);
		if (access(path, F_OK) < 0 &&
			str_copy(str_of(entry->d_name), l->hierarchy[l->n],
				LEFTOVER_NAME_BYTES) == 0)
			l->n++;
	}
	if (d)
		closedir(d);
}

static int remove_cgroup(
	const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)where;
	if (kind == FTW_DP)
		rmdir(path);
	return 0;
}

static void remove_cgroups(const struct leftover *l)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < l->n; i++) {
		put_cgroup(path, l->hierarchy[i], l->name);
		nftw(path, remove_cgroup, WALK_FDS, FTW_DEPTH | FTW_PHYS);
	}
}

void leftover_remove(const struct leftover *l)
{
	if (is_of_others(l))
		return;
	delete_container(l);
	remove_cgroups(l);
}
