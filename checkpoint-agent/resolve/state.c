/*
 * state - see state.h.
 *
 * runc keeps the bundle among its labels ("bundle=PATH"), crun as a member.
 * Both write the start time of the first process, which together with its
 * number names one process for ever.
 */
#include "checkpoint-agent/resolve/state.h"

#include <string.h>

#define PID_MAX_LIMIT 4194304 /* the kernel's, on 64 bits */

static const char file_runc[] = "state.json";
static const char file_crun[] = "status";

const char *const state_files[] = {file_runc, file_crun, NULL};

static int take_process(const struct node *tree, const char *pid_key,
	const char *start_key, struct state *s, struct err *e)
{
	int64_t pid = node_whole(node_get(tree, pid_key), 0);
	int64_t start = node_whole(node_get(tree, start_key), 0);

	if (pid <= 0 || pid > PID_MAX_LIMIT)
		return err_kind(e, ERR_INPUT, "%s: no process", pid_key);
	s->pid = (uint32_t)pid;
	s->start_ticks = start > 0 ? (uint64_t)start : 0;
	s->created = node_text(node_get(tree, "created"));
	return 0;
}

static int parse_runc(const struct node *tree, struct state *s, struct err *e)
{
	const struct node *labels = node_path(tree, "config", "labels", NULL);
	const struct str prefix = STR("bundle=");

	s->runtime = "runc";
	for (const struct node *n = node_first(labels); n; n = n->next)
		if (str_has_prefix(node_text(n), prefix))
			s->bundle =
				str_sub(node_text(n), prefix.n, node_text(n).n);
	if (s->bundle.n == 0)
		return err_kind(e, ERR_INPUT, "no label names the bundle");
	return take_process(
		tree, "init_process_pid", "init_process_start", s, e);
}

static int parse_crun(const struct node *tree, struct state *s, struct err *e)
{
	s->runtime = "crun";
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

int state_start_ticks(struct str stat, uint64_t *ticks, struct err *e)
{
	enum { FIELD_START = 22, FIELD_AFTER_NAME = 3 };
	struct str word = {0};
	size_t at = stat.n;

	/* the name, field 2, may hold anything: go on behind the last ')' */
	while (at > 0 && stat.p[at - 1] != ')')
		at--;
	stat = str_sub(stat, at + 1, stat.n);
	for (int i = FIELD_AFTER_NAME; i <= FIELD_START; i++)
		if (!str_cut(&stat, ' ', &word))
			return err_kind(e, ERR_INPUT, "stat: line is cut");
	if (str_u64(word, 0, UINT64_MAX, ticks) < 0)
		return err_kind(e, ERR_INPUT, "stat: bad start time");
	return 0;
}
