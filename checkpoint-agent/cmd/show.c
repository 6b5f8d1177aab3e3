/*
 * show - `checkpoint-agent show`: what an archive is.
 *
 * The container and its image, the time, the amount of memory, how long it was
 * frozen; with --all the members and their sizes.
 */
#include "checkpoint-agent/cmd/commands.h"
#include "checkpoint-agent/tar/tarfile_read.h"

#include "checkpoint-agent/cmd/document.h"
#include "checkpoint-agent/inspect/inspect.h"

static bool lists_all;
static struct archive_options options = ARCHIVE_OPTIONS_NONE;

/* ---- the document ------------------------------------------------------- */

static void put_member(void *self, const struct tarfile_entry *entry)
{
	struct json_out *o = self;

	json_map(o, NULL);
	json_text(o, "name", entry->path);
	json_whole(o, "bytes", (int64_t)entry->size);
	json_map_end(o);
}

/* The members come first, because they are known as they stream past. */
static int put_members(
	struct json_out *o, struct images *c, struct input *s, struct err *e)
{
	const struct images_visitor each = {put_member, o};

	if (lists_all)
		json_list(o, "members");
	if (images_scan(c, s, lists_all ? &each : NULL, e) < 0)
		return -1;
	if (lists_all)
		json_list_end(o);
	if (c->members == 0)
		return err_kind(e, ERR_INPUT, "the archive is empty");
	if (!c->config && !c->spec)
		return err_kind(e, ERR_INPUT,
			"not a checkpoint: neither config.dump nor spec.dump "
			"is in it");
	return 0;
}

static void put_rest(struct json_out *o, const struct images *c)
{
	const struct node *args = node_path(c->spec, "process", "args", NULL);

	inspect_put_container(o, c);
	if (args)
		json_node(o, "arguments", args);
	inspect_put_statistics(o, c);
}

static int put_summary(struct json_out *o, struct input *s, struct err *e)
{
	struct images c;
	int rc;

	images_start(&c);
	rc = put_members(o, &c, s, e);
	if (rc == 0)
		put_rest(o, &c);
	images_free(&c);
	return rc;
}

/* ---- as text ------------------------------------------------------------ */

static const struct view_field sizes[] = {{"members", "members"},
	{"bytes", "bytes"}, {"memory", "memoryBytes"},
	{"file changes", "fileChangesBytes"}, {NULL, NULL}};
static const struct view_field members[] = {
	{"BYTES", "bytes"}, {"MEMBER", "name"}, {NULL, NULL}};

static void put_seconds(
	struct buf *out, const char *name, const struct node *microseconds)
{
	if (microseconds)
		buf_fmt(out, "%-14s%.3f s\n", name,
			(double)node_whole(microseconds, 0) / 1e6);
}

static void show_summary(struct buf *out, const struct node *tree)
{
	const struct node *figures = node_get(tree, "statistics");

	document_container(out, tree);
	view_fields(out, figures, sizes);
	put_seconds(out, "frozen", node_get(figures, "frozenMicroseconds"));
	put_seconds(out, "pre-dump",
		node_get(figures, "preDumpFrozenMicroseconds"));
	view_table(out, node_get(tree, "members"), members);
}

static int show_run(size_t n, const char *const *operands)
{
	static const struct document summary = {put_summary, show_summary};

	(void)n;
	return document_print(&summary, &options, operands[0]);
}

static const struct args_option rows[] = {
	{"all", 'a', ARGS_SWITCH, &lists_all, NULL,
		"list the members of the archive too", 0, 0, NULL},
	ARCHIVE_OPTIONS_ROWS(options),
	{0},
};

const struct args_command command_show = {
	.name = "show",
	.operands = "ARCHIVE|-",
	.summary = "show what an archive is",
	.text = "Shows the container, its image and command, the time, the "
		"size of memory and\nfile changes, and how long the "
		"container was frozen. - is standard input.",
	.options = rows,
	.min_operands = 1,
	.max_operands = 1,
	.run = show_run,
};
