/*
 * memsearch - `checkpoint-agent memsearch`: find a pattern in dumped memory.
 *
 * The pattern is often a secret: --pattern-file keeps it out of the process
 * list and the shell's history, and it is wiped after use.
 */
#include "checkpoint-agent/cmd/commands.h"

#include "checkpoint-agent/cmd/archive_options.h"
#include "checkpoint-agent/cmd/view.h"
#include "checkpoint-agent/inspect/memsearch.h"
#include "checkpoint-agent/inspect/scan.h"
#include "lib/base/fd.h"

#include <string.h>

#define DOCUMENT_MAX (256u << 20)
#define FILE_MAX     (4 * SCAN_PATTERN_MAX)

static struct archive_options options = ARCHIVE_OPTIONS_NONE;
static bool is_hex;
static const char *pattern_file = "";
static uint64_t context = 16;
static uint64_t max = 1000;
static uint64_t pid;

/* ---- as text ------------------------------------------------------------ */

static const struct view_field columns[] = {{"CONTAINER", "container"},
	{"PID", "pid"}, {"COMMAND", "command"}, {"ADDRESS", "address"},
	{"RIGHTS", "rights"}, {"AREA", "area"}, {"CONTEXT", "context"},
	{NULL, NULL}};

static void show_matches(struct buf *out, const struct node *tree)
{
	const struct node *list = node_get(tree, "matches");

	buf_fmt(out, "%lld matches in %lld bytes",
		(long long)node_whole(node_get(tree, "count"), 0),
		(long long)node_whole(node_get(tree, "searchedBytes"), 0));
	if (list &&
		(int64_t)list->count < node_whole(node_get(tree, "count"), 0))
		buf_fmt(out, ", the first %u shown", list->count);
	buf_byte(out, '\n');
	/* only matches in a pod's archive name the container */
	view_table(out, list,
		node_get(node_first(list), "container") ? columns
							: columns + 1);
}

/* ---- the pattern -------------------------------------------------------- */

static int decode_hex(struct buf *b, struct err *e)
{
	char bytes[SCAN_PATTERN_MAX];
	size_t n = b->n / 2;

	if (b->n % 2 != 0 || n > sizeof(bytes) ||
		str_unhex(buf_view(b), bytes, n) < 0)
		return err_kind(e, ERR_USAGE,
			"the pattern is not an even number of hex digits");
	buf_reset(b);
	buf_put(b, bytes, n);
	explicit_bzero(bytes, sizeof(bytes));
	return 0;
}

static int read_pattern(const char *operand, struct buf *b, struct err *e)
{
	if ((operand != NULL) == (*pattern_file != '\0'))
		return err_kind(
			e, ERR_USAGE, "give either PATTERN or --pattern-file");
	if (operand)
		buf_text(b, operand);
	else if (file_read(pattern_file, b, e) < 0)
		return -1;
	else if (b->n && b->p[b->n - 1] == '\n')
		b->n--;
	if (is_hex && decode_hex(b, e) < 0)
		return -1;
	if (b->n == 0 || b->n > SCAN_PATTERN_MAX)
		return err_kind(e, ERR_USAGE,
			"the pattern must be 1 to %d bytes long",
			SCAN_PATTERN_MAX);
	return 0;
}

static int search(const char *archive, const char *operand, struct err *e)
{
	struct buf out = buf_growing(DOCUMENT_MAX);
	struct buf pattern = buf_growing(FILE_MAX);
	struct memsearch q = {.place = archive_options_place(&options, archive),
		.context = context,
		.max = max,
		.pid = pid};
	int rc = -1;

	if (archive_options_need_file(archive, e) == 0)
		rc = read_pattern(operand, &pattern, e);
	q.pattern = buf_view(&pattern);
	if (rc == 0)
		rc = memsearch_run(&q, &out, e);
	if (rc == 0)
		rc = view_print(&out, options.as_json, show_matches, e);
	buf_wipe(&pattern);
	buf_wipe(&out);
	return rc;
}

static int memsearch_main(size_t n, const char *const *operands)
{
	const char *pattern = n > 1 ? operands[1] : NULL;
	struct err e = {0};

	return view_exit(search(operands[0], pattern, &e), &e);
}

static const struct args_option rows[] = {
	{"hex", 0, ARGS_SWITCH, &is_hex, NULL,
		"the pattern is given in hex digits", 0, 0, NULL},
	{"pattern-file", 0, ARGS_TEXT, &pattern_file, "FILE",
		"read the pattern from a file, without its final newline", 0, 0,
		NULL},
	{"pid", 0, ARGS_NUMBER, &pid, "N",
		"search only this process, by its PID in the container", 1,
		UINT32_MAX, NULL},
	{"max", 0, ARGS_NUMBER, &max, "N",
		"show at most N matches; all are counted", 0, 1000000, NULL},
	{"context", 0, ARGS_NUMBER, &context, "BYTES",
		"show so many bytes before and after a match; 0: none, and not "
		"the match either",
		0, SCAN_CONTEXT_MAX, NULL},
	ARCHIVE_OPTIONS_ROWS(options),
	{0},
};

const struct args_command command_memsearch = {
	.name = "memsearch",
	.operands = "ARCHIVE [PATTERN]",
	.summary = "find a pattern in dumped memory",
	.text = "Shows process and address of each match, also across page "
		"boundaries and in\nshared memory. Only dumped pages are "
		"searched, not unchanged pages of the\nprogram's own file. "
		"The exit status is 0 even if nothing is found.",
	.options = rows,
	.min_operands = 1,
	.max_operands = 2,
	.run = memsearch_main,
};
