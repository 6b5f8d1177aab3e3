/*
 * cmd_diff - `checkpoint-agent diff`: what changed between two archives.
 */
#include "checkpoint-agent/commands.h"

#include "checkpoint-agent/compare.h"
#include "checkpoint-agent/view.h"

#include <string.h>

#define DOCUMENT_MAX (256u << 20)

static bool as_json;
static bool skips_memory;
static const char *container = "";
static struct args_list identities;

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

static void show_one(struct buf *out, const struct node *tree)
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

static void show(struct buf *out, const struct node *tree)
{
	static const struct view_field fields[] = {
		{"container", "name"}, {"change", "change"}, {NULL, NULL}};
	const struct node *list = node_get(tree, "containers");

	if (!list)
		show_one(out, tree);
	for (const struct node *n = node_first(list); n; n = n->next) {
		view_fields(out, n, fields);
		show_one(out, n);
		if (n->next)
			buf_byte(out, '\n');
	}
}

static int diff(const char *before, const char *after, struct err *e)
{
	AUTO_BUF struct buf out = buf_growing(DOCUMENT_MAX);
	const struct compare q = {{before, container, &identities},
		{after, container, &identities}, skips_memory};
	bool is_same;

	if (strcmp(before, "-") == 0 || strcmp(after, "-") == 0)
		return err_kind(e, ERR_USAGE,
			"archives are read twice; they "
			"must be files");
	if (compare_archives(&q, &out, &is_same, e) < 0)
		return -1;
	return view_print(&out, as_json, show, e);
}

static int run(size_t n, const char *const *operands)
{
	struct err e = {0};

	(void)n;
	if (diff(operands[0], operands[1], &e) == 0)
		return 0;
	return view_failure(&e);
}

static const struct args_option options[] = {
	{"no-memory", 0, ARGS_SWITCH, &skips_memory, NULL,
		"do not compare memory pages", 0, 0, NULL},
	{"json", 0, ARGS_SWITCH, &as_json, NULL, "tell it in JSON", 0, 0, NULL},
	UNWRAP_OPTIONS(container, identities),
	{0},
};

const struct args_command command_diff = {
	.name = "diff",
	.operands = "BEFORE AFTER",
	.summary = "tell what changed between two archives",
	.text = "Metadata, environment, mounts, processes, open "
		"files, the root file system,\nand how many pages of "
		"which area of memory. A page that one archive does\n"
		"not have (a zero page, an unchanged page of a file) "
		"counts as added or\nremoved. Exit status 0 "
		"also when they differ.",
	.options = options,
	.min_operands = 2,
	.max_operands = 2,
	.run = run,
};
