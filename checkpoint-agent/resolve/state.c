/*
 * state - one parser for each runtime.
 *
 * runc keeps the bundle as a label ("bundle=PATH"), crun as a member.  Both
 * write the start time of the first process, which together with its number
 * identifies one process.
 */
#include "checkpoint-agent/resolve/state.h"

#include <string.h>

#define PID_MAX_LIMIT 4194304 /* linux/threads.h, 64 bits */

static const char file_runc[] = "state.json";
static const char file_crun[] = "status";

const char *const state_files[] = {file_runc, file_crun, NULL};

static int take_process(const struct node *tree, const char *pid_key,
	const char *start_key, struct state *s, struct err *e)
{
	int64_t pid = node_whole(node_get(tree, pid_key), 0);
	int64_t start = node_whole(node_get(tree, start_key), 0);

	if (pid <= 0 || pid > PID_MAX_LIMIT)
		return err_kind(e, ERR_INPUT, "%s: no process number", pid_key);
	s->pid = (uint32_t)pid;
	s->start_ticks = start > 0 ? (uint64_t)start : 0;
	s->created = node_text(node_get(tree, "created"));
	return 0;
}

/* Of the freezer's hierarchy in version 1, of the only one in version 2. */
static struct str runc_cgroup(const struct node *tree)
{
	const struct node *paths = node_get(tree, "cgroup_paths");
	struct str v1 = node_text(node_get(paths, "freezer"));

	return v1.n ? v1 : node_text(node_get(paths, ""));
}

static int parse_runc(const struct node *tree, struct state *s, struct err *e)
{
	const struct node *labels = node_path(tree, "config", "labels", NULL);
	const struct str prefix = STR("bundle=");

	s->runtime = "runc";
	s->cgroup = runc_cgroup(tree);
	for (const struct node *n = node_first(labels); n; n = n->next)
		if (str_has_prefix(node_text(n), prefix))
			s->bundle =
				str_sub(node_text(n), prefix.n, node_text(n).n);
	if (s->bundle.n == 0)
		return err_kind(e, ERR_INPUT, "config.labels: no bundle=");
	return take_process(
		tree, "init_process_pid", "init_process_start", s, e);
}

static int parse_crun(const struct node *tree, struct state *s, struct err *e)
{
	s->runtime = "crun";
	s->cgroup = node_text(node_get(tree, "cgroup-path"));
	s->bundle = node_text(node_get(tree, "bundle"));
	if (s->bundle.n == 0)
		return err_kind(e, ERR_INPUT, "bundle is missing");
	return take_process(tree, "pid", "process-start-time", s, e);
}

int state_parse(const char *file, const struct node *tree, struct state *s,
	struct err *e)
{
	*s = (struct state){0};
	if (strcmp(file, file_runc) == 0)
		return parse_runc(tree, s, e);
	return parse_crun(tree, s, e);
}
