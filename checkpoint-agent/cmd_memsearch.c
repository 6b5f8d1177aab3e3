/*
 * cmd_memsearch - `checkpoint-agent memsearch`: a pattern in dumped memory.
 *
 * What is looked for is often a secret: --pattern-file keeps it out of the
 * list of processes and of the shell's history.
 */
#include "checkpoint-agent/commands.h"

#include "checkpoint-agent/memscan.h"
#include "checkpoint-agent/memsearch.h"
#include "checkpoint-agent/view.h"
#include "lib/base/fd.h"

#include <string.h>

#define DOCUMENT_MAX (256u << 20)
#define FILE_MAX     (4 * MEMSCAN_PATTERN_MAX)

static bool as_json;
static bool is_hex;
static const char *pattern_file = "";
static uint64_t context = 16;
static uint64_t max = 1000;
static uint64_t pid;
static const char *container = "";
static struct args_list identities;

/* ---- for people --------------------------------------------------------- */

static const struct view_field columns[] = {{"CONTAINER", "container"},
	{"PID", "pid"}, {"COMMAND", "command"}, {"ADDRESS", "address"},
	{"RIGHTS", "rights"}, {"AREA", "area"}, {"CONTEXT", "context"},
	{NULL, NULL}};

static void show(struct buf *out, const struct node *tree)
{
	const struct node *list = node_get(tree, "matches");

	buf_fmt(out, "%lld matches in %lld bytes",
		(long long)node_whole(node_get(tree, "count"), 0),
		(long long)node_whole(node_get(tree, "searchedBytes"), 0));
	if (list &&
		(int64_t)list->count < node_whole(node_get(tree, "count"), 0))
		buf_fmt(out, ", the first %u told", list->count);
	buf_byte(out, '\n');
	/* only those of a pod's archive say of which container they are */
	view_table(out, list,
		node_get(node_first(list), "container") ? columns
							: columns + 1);
}

/* ---- the pattern -------------------------------------------------------- */

static int take_hex(struct buf *b, struct err *e)
{
	char bytes[MEMSCAN_PATTERN_MAX];
	size_t n = b->n / 2;

	if (b->n % 2 != 0 || n > sizeof(bytes) ||
		str_unhex(buf_view(b), bytes, n) < 0)
		return err_kind(e, ERR_USAGE,
			"the pattern is no even number of hex digits");
	buf_reset(b);
	buf_put(b, bytes, n);
	explicit_bzero(bytes, sizeof(bytes));
	return 0;
}

static int read_pattern(const char *operand, struct buf *b, struct err *e)
{
	if ((operand != NULL) == (*pattern_file != '\0'))
		return err_kind(e, ERR_USAGE,
			"a PATTERN or --pattern-file, one of them");
	if (operand)
		buf_text(b, operand);
	else if (file_read(pattern_file, b, e) < 0)
		return -1;
	else if (b->n && b->p[b->n - 1] == '\n')
		b->n--;
	if (is_hex && take_hex(b, e) < 0)
		return -1;
	if (b->n == 0 || b->n > MEMSCAN_PATTERN_MAX)
		return err_kind(e, ERR_USAGE,
			"the pattern must have 1 to %d bytes",
			MEMSCAN_PATTERN_MAX);
	return 0;
}

static int search(const char *archive, const char *operand, struct err *e)
{
	struct buf out = buf_growing(DOCUMENT_MAX);
	struct buf pattern = buf_growing(FILE_MAX);
	struct memsearch q = {.place = {archive, container, &identities},
		.context = context,
		.max = max,
		.pid = pid};
	int rc = -1;

	if (strcmp(archive, "-") == 0)
		err_kind(e, ERR_USAGE,
			"the archive is read twice; it must "
			"be a file");
	else
		rc = read_pattern(operand, &pattern, e);
	q.pattern = buf_view(&pattern);
	if (rc == 0)
		rc = memsearch_run(&q, &out, e);
	if (rc == 0)
		rc = view_print(&out, as_json, show, e);
	buf_wipe(&pattern);
	buf_wipe(&out);
	return rc;
}

static int run(size_t n, const char *const *operands)
{
	struct err e = {0};

	if (search(operands[0], n > 1 ? operands[1] : NULL, &e) == 0)
		return 0;
	return view_failure(&e);
}

static const struct args_option options[] = {
	{"hex", 0, ARGS_SWITCH, &is_hex, NULL,
		"the pattern is bytes in hex digits", 0, 0, NULL},
	{"pattern-file", 0, ARGS_TEXT, &pattern_file, "FILE",
		"take the pattern from a file, without its "
		"final newline",
		0, 0, NULL},
	{"pid", 0, ARGS_NUMBER, &pid, "N",
		"search this process only, by its number in "
		"the container",
		1, UINT32_MAX, NULL},
	{"max", 0, ARGS_NUMBER, &max, "N", "tell N matches, count the others",
		0, 1000000, NULL},
	{"context", 0, ARGS_NUMBER, &context, "BYTES",
		"tell so many bytes on both sides, 0: none, "
		"not even the match",
		0, MEMSCAN_CONTEXT_MAX, NULL},
	{"json", 0, ARGS_SWITCH, &as_json, NULL, "tell it in JSON", 0, 0, NULL},
	UNWRAP_OPTIONS(container, identities),
	{0},
};

const struct args_command command_memsearch = {
	.name = "memsearch",
	.operands = "ARCHIVE [PATTERN]",
	.summary = "find a pattern in dumped memory",
	.text = "Tells process and address of each place where the "
		"pattern stands, also\nacross pages and in shared "
		"memory. Only pages that were dumped are searched:\n"
		"what a program has of its own file and did not "
		"change is not among them.\nExit status 0 also when "
		"nothing is found.",
	.options = options,
	.min_operands = 1,
	.max_operands = 2,
	.run = run,
};
