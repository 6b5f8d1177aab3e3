/*
 * cmd_inspect - `checkpoint-agent inspect`: what is in an archive.
 */
#include "checkpoint-agent/commands.h"

#include "checkpoint-agent/describe.h"
#include "checkpoint-agent/inspect.h"

static struct describe_order order = DESCRIBE_ORDER_NONE;

static const struct view_field processes[] = {{"PID", "pid"},
	{"PARENT", "parent"}, {"THREADS", "threads"}, {"MEMORY", "memoryBytes"},
	{"COMMAND", "command"}, {NULL, NULL}};
static const struct view_field mounts[] = {{"MOUNTED ON", "destination"},
	{"TYPE", "type"}, {"SOURCE", "source"}, {NULL, NULL}};
static const struct view_field files[] = {
	{"FD", "fd"}, {"WHAT", "what"}, {NULL, NULL}};

static void show(struct buf *out, const struct node *tree)
{
	const struct node *list = node_get(tree, "processes");

	describe_container(out, tree);
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

static int put(struct json_out *o, struct source *s, struct err *e)
{
	struct content c;
	int rc = content_read(&c, s, e);

	if (rc == 0)
		inspect_put(o, &c);
	content_free(&c);
	return rc;
}

static int run(size_t n, const char *const *operands)
{
	static const struct describe how = {put, show};

	(void)n;
	return describe_run(&how, &order, operands[0]);
}

static const struct args_option options[] = {
	DESCRIBE_OPTIONS(order),
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
