/*
 * cmd_inspect - `checkpoint-agent inspect`: what is in an archive.
 */
#include "checkpoint-agent/commands.h"

#include "checkpoint-agent/inspect.h"
#include "checkpoint-agent/view.h"

#include <stdio.h>

#define DOCUMENT_MAX (256u << 20)

static bool as_json;
static struct args_list identities;

static const struct view_field container[] = {{"container", "name"},
		{"id", "id"}, {"image", "rootfsImageName"},
		{"runtime", "runtime"}, {"created", "createdTime"},
		{"checkpointed", "checkpointedTime"}, {NULL, NULL}};
static const struct view_field spec[] = {{"command", "arguments"},
		{NULL, NULL}};
static const struct view_field processes[] = {{"PID", "pid"},
		{"PARENT", "parent"}, {"THREADS", "threads"},
		{"MEMORY", "memoryBytes"}, {"COMMAND", "command"},
		{NULL, NULL}};
static const struct view_field mounts[] = {{"MOUNTED ON", "destination"},
		{"TYPE", "type"}, {"SOURCE", "source"}, {NULL, NULL}};
static const struct view_field files[] = {
		{"FD", "fd"}, {"WHAT", "what"}, {NULL, NULL}};

static void show(struct buf *out, const struct node *tree)
{
	const struct node *list = node_get(tree, "processes");

	view_fields(out, node_get(tree, "container"), container);
	view_fields(out, tree, spec);
	view_table(out, list, processes);
	for (const struct node *p = node_first(list); p; p = p->next) {
		if (!node_first(node_get(p, "files")))
			continue;
		buf_fmt(out, "\nfiles of process %lld",
				(long long)node_whole(node_get(p, "pid"), 0));
		view_table(out, node_get(p, "files"), files);
	}
	view_table(out, node_get(tree, "mounts"), mounts);
	view_lines(out, "environment", node_get(tree, "environment"));
	view_lines(out, "deleted", node_get(tree, "deletedFiles"));
}

static int inspect(const char *path, struct err *e)
{
	static struct source s; /* large; one in a process */
	AUTO_BUF struct buf out = buf_growing(DOCUMENT_MAX);
	struct content c = {0};
	int rc = source_open(&s, path, &identities, e);

	if (rc == 0 && (content_read(&c, &s, e) < 0 ||
				       inspect_put(&c, &out, e) < 0))
		rc = err_at(e, "%s", path);
	content_free(&c);
	source_close(&s);
	return rc < 0 ? -1 : view_print(&out, as_json, show, e);
}

static int run(size_t n, const char *const *operands)
{
	struct err e = {0};

	(void)n;
	if (inspect(operands[0], &e) == 0)
		return 0;
	fprintf(stderr, "checkpoint-agent: %s\n", e.text);
	return err_exit(&e);
}

static const struct args_option options[] = {
		{"json", 0, ARGS_SWITCH, &as_json, NULL, "tell it in JSON", 0,
				0, NULL},
		SOURCE_OPTION(identities),
		{0},
};

const struct args_command command_inspect = {
		.name = "inspect",
		.operands = "ARCHIVE|-",
		.summary = "tell processes, files, mounts of an archive",
		.text = "The process tree with each process's memory and "
			"open files, sockets and pipes;\nmounts, "
			"environment, deleted files. In JSON also "
			"annotations and CRIU's\nstatistics. - is standard "
			"input.",
		.options = options,
		.min_operands = 1,
		.max_operands = 1,
		.run = run,
};
