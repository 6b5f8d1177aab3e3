/*
 * cmd_show - `checkpoint-agent show`: what an archive is.
 *
 * Which container, of which image, dumped when, how much memory, how long
 * frozen, and on demand the members with their sizes.
 */
#include "checkpoint-agent/commands.h"

#include "checkpoint-agent/describe.h"
#include "checkpoint-agent/inspect.h"

static bool lists_all;
static struct describe_order order = DESCRIBE_ORDER_NONE;

/* ---- the document ------------------------------------------------------- */

static void put_entry(struct json_out *o, const struct pack_entry *entry)
{
	json_map(o, NULL);
	json_text(o, "name", entry->path);
	json_whole(o, "bytes", (int64_t)entry->size);
	json_map_end(o);
}

/* The members come first: they are known as they go by. */
static int put_members(struct json_out *o, struct content *c,
	struct pack_reader *r, struct err *e)
{
	struct pack_entry entry;
	int more;

	if (lists_all)
		json_list(o, "members");
	while ((more = pack_read_next(r, &entry, e)) == 1) {
		if (lists_all)
			put_entry(o, &entry);
		if (content_take(c, r, &entry, e) < 0)
			return -1;
	}
	if (lists_all)
		json_list_end(o);
	if (more == 0 && c->members == 0)
		return err_kind(e, ERR_INPUT, "nothing in it");
	if (more == 0 && !c->config && !c->spec)
		return err_kind(e, ERR_INPUT,
			"no checkpoint: it has neither "
			"config.dump nor spec.dump");
	return more;
}

static void put_rest(struct json_out *o, const struct content *c)
{
	const struct node *args = node_path(c->spec, "process", "args", NULL);

	inspect_put_container(o, c);
	if (args)
		json_node(o, "arguments", args);
	inspect_put_statistics(o, c);
}

static int put(struct json_out *o, struct source *s, struct err *e)
{
	struct content c;
	struct pack_reader *r;
	int rc;

	content_start(&c);
	rc = pack_read_from(&r, s, e);
	if (rc == 0)
		rc = put_members(o, &c, r, e);
	pack_read_close(r);
	if (rc == 0)
		put_rest(o, &c);
	content_free(&c);
	return rc;
}

/* ---- for people --------------------------------------------------------- */

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

static void show(struct buf *out, const struct node *tree)
{
	const struct node *figures = node_get(tree, "statistics");

	describe_container(out, tree);
	view_fields(out, figures, sizes);
	put_seconds(out, "frozen", node_get(figures, "frozenMicroseconds"));
	put_seconds(out, "before it",
		node_get(figures, "preDumpFrozenMicroseconds"));
	view_table(out, node_get(tree, "members"), members);
}

static int run(size_t n, const char *const *operands)
{
	static const struct describe how = {put, show};

	(void)n;
	return describe_run(&how, &order, operands[0]);
}

static const struct args_option options[] = {
	{"all", 'a', ARGS_SWITCH, &lists_all, NULL, "list the members too", 0,
		0, NULL},
	DESCRIBE_OPTIONS(order),
	{0},
};

const struct args_command command_show = {
	.name = "show",
	.operands = "ARCHIVE|-",
	.summary = "tell what an archive is",
	.text = "The container, its image and command, the time, how "
		"much memory and file\nchanges are in it, how long "
		"the container stood still. - is standard input.",
	.options = options,
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
