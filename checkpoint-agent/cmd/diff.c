/*
 * diff - `checkpoint-agent diff`: what changed between two archives.
 *
 * inspect/diff.h makes the document; as text it becomes a table for each
 * section that has differences.
 */
#include "checkpoint-agent/cmd/commands.h"

#include "checkpoint-agent/cmd/archive_options.h"
#include "checkpoint-agent/cmd/view.h"
#include "checkpoint-agent/inspect/diff.h"

#define DOCUMENT_MAX (256u << 20)

static struct archive_options options = ARCHIVE_OPTIONS_NONE;
static bool skips_memory;

static const struct view_field changes[] = {{"CHANGE", "change"},
	{"WHAT", "what"}, {"BEFORE", "before"}, {"AFTER", "after"},
	{NULL, NULL}};
static const struct view_field processes[] = {{"PID", "pid"},
	{"COMMAND", "command"}, {"CHANGED", "changedPages"},
	{"ADDED", "addedPages"}, {"REMOVED", "removedPages"},
	{"SAME", "samePages"}, {"BYTES", "differentBytes"}, {NULL, NULL}};
static const struct view_field areas[] = {{"START", "start"}, {"END", "end"},
	{"RIGHTS", "rights"}, {"CHANGED", "changedPages"},
	{"ADDED", "addedPages"}, {"REMOVED", "removedPages"},
	{"SAME", "samePages"}, {"AREA", "area"}, {NULL, NULL}};

static void show_memory(struct buf *out, const struct node *list)
{
	if (!node_first(list))
		return;
	buf_text(out, "\nmemory, in pages");
	view_table(out, list, processes);
	for (const struct node *p = node_first(list); p; p = p->next) {
		if (!node_first(node_get(p, "areas")))
			continue;
		buf_fmt(out, "\nareas of process %lld",
			(long long)node_whole(node_get(p, "pid"), 0));
		view_table(out, node_get(p, "areas"), areas);
	}
}

static void show_container(struct buf *out, const struct node *tree)
{
	static const char *const sections[] = {"container", "environment",
		"mounts", "processes", "files", "rootfs"};

	for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++) {
		const struct node *list = node_get(tree, sections[i]);

		if (!node_first(list))
			continue;
		buf_fmt(out, "\n%s", sections[i]);
		view_table(out, list, changes);
	}
	show_memory(out, node_path(tree, "memory", "processes", NULL));
	if (node_truth(node_get(tree, "same"), false))
		buf_text(out, "\nno difference\n");
}

static void show_diff(struct buf *out, const struct node *tree)
{
	static const struct view_field fields[] = {
		{"container", "name"}, {"change", "change"}, {NULL, NULL}};
	const struct node *list = node_get(tree, "containers");

	if (!list)
		show_container(out, tree);
	for (const struct node *n = node_first(list); n; n = n->next) {
		view_fields(out, n, fields);
		show_container(out, n);
		if (n->next)
			buf_byte(out, '\n');
	}
}

static int print_diff(const char *before, const char *after, struct err *e)
{
	AUTO_BUF struct buf out = buf_growing(DOCUMENT_MAX);
	const struct diff q = {archive_options_place(&options, before),
		archive_options_place(&options, after), skips_memory};

	if (archive_options_need_file(before, e) < 0 ||
		archive_options_need_file(after, e) < 0)
		return -1;
	if (diff_archives(&q, &out, e) < 0)
		return -1;
	return view_print(&out, options.as_json, show_diff, e);
}

static int diff_run(size_t n, const char *const *operands)
{
	struct err e = {0};

	(void)n;
	return view_exit(print_diff(operands[0], operands[1], &e), &e);
}

static const struct args_option rows[] = {
	{"no-memory", 0, ARGS_SWITCH, &skips_memory, NULL,
		"do not compare memory pages", 0, 0, NULL},
	ARCHIVE_OPTIONS_ROWS(options),
	{0},
};

const struct args_command command_diff = {
	.name = "diff",
	.operands = "BEFORE AFTER",
	.summary = "show what changed between two archives",
	.text = "Compares metadata, environment, mounts, processes, open "
		"files, the root file\nsystem, and memory page by page. A "
		"page that one archive does not hold (a zero\npage, an "
		"unchanged page of a file) counts as added or removed. The "
		"exit status\nis 0 even if they differ.",
	.options = rows,
	.min_operands = 2,
	.max_operands = 2,
	.run = diff_run,
};
