/*
 * preflight_exec - read cgroup.procs of the container's cgroup and of those
 * below it, and compare each number with the tree of processes.
 */
#include "checkpoint-agent/preflight/preflight_exec.h"

#include "checkpoint-agent/node/process.h"
#include "lib/base/fd.h"

#include <ftw.h>
#include <limits.h>
#include <stdio.h>

#define PROCS_BYTES (1u << 20)
#define WALK_FDS    16

/* nftw(3) has no context. */
static struct findings *walk_found;
static const struct pid_list *walk_tree;

static bool is_in_tree(uint32_t pid)
{
	for (size_t i = 0; i < walk_tree->n; i++)
		if (walk_tree->pid[i] == pid)
			return true;
	return false;
}

static void check_pid(struct str line)
{
	uint64_t pid;

	if (str_u64(line, 1, UINT32_MAX, &pid) < 0 || is_in_tree((uint32_t)pid))
		return;
	findings_add_loss(walk_found,
		"process %s is no descendant of the container's first process, "
		"as what exec has started: it is not in the archive",
		process_describe((uint32_t)pid));
}

static int visit_cgroup(
	const char *dir, const struct stat *st, int kind, struct FTW *where)
{
	AUTO_BUF struct buf b = buf_growing(PROCS_BYTES);
	char path[PATH_MAX];
	struct str text, line;
	int n;

	(void)st;
	(void)where;
	n = snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	if (kind != FTW_D || n < 0 || (size_t)n >= sizeof(path) ||
		file_read(path, &b, NULL) < 0)
		return 0;
	text = buf_view(&b);
	while (str_cut(&text, '\n', &line))
		check_pid(line);
	return 0;
}

void preflight_exec_check(
	struct findings *found, const char *cgroup, const struct pid_list *tree)
{
	walk_found = found;
	walk_tree = tree;
	nftw(cgroup, visit_cgroup, WALK_FDS, FTW_PHYS);
}
