/*
 * inspect - `checkpoint-agent inspect`: processes, files and mounts in an
 * archive.
 *
 * inspect/inspect.h writes the JSON; as text it becomes tables.
 */
#include "checkpoint-agent/cmd/commands.h"

#include "checkpoint-agent/cmd/document.h"
#include "checkpoint-agent/inspect/images_index.h"
#include "checkpoint-agent/inspect/inspect.h"

static struct archive_options options = ARCHIVE_OPTIONS_NONE;

static const struct view_field processes[] = {{"PID", "pid"},
	{"PARENT", "parent"}, {"THREADS", "threads"}, {"MEMORY", "memoryBytes"},
	{"COMMAND", "command"}, {NULL, NULL}};
static const struct view_field mounts[] = {{"MOUNTED ON", "destination"},
	{"TYPE", "type"}, {"SOURCE", "source"}, {NULL, NULL}};
static const struct view_field files[] = {
	{"FD", "fd"}, {"WHAT", "what"}, {NULL, NULL}};

static void show_contents(struct buf *out, const struct node *tree)
{
	const struct node *list = node_get(tree, "processes");

	document_container(out, tree);
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

static int put_contents(struct json_out *o, struct input *s, struct err *e)
{
	struct images c;
	int rc = images_read(&c, s, e);

	if (rc == 0)
		inspect_put(o, &c);
	images_free(&c);
	return rc;
}

static int inspect_run(size_t n, const char *const *operands)
{
	static const struct document contents = {put_contents, show_contents};

	(void)n;
	return document_print(&contents, &options, operands[0]);
}

static const struct args_option rows[] = {
	ARCHIVE_OPTIONS_ROWS(options),
	{0},
};

const struct args_command command_inspect = {
	.name = "inspect",
	.operands = "ARCHIVE|-",
	.summary = "show processes, files and mounts in an archive",
	.text = "Shows the process tree with the memory and the open files, "
		"sockets and pipes of\neach process, mounts, environment and "
		"deleted files; with --json also annotations\nand CRIU's "
		"statistics. - is standard input.",
	.options = rows,
	.min_operands = 1,
	.max_operands = 1,
	.run = inspect_run,
};
