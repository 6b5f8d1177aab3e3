/*
 * cmd_verify - `checkpoint-agent verify`: is an archive whole and unchanged?
 *
 * Compares every member with the archive's own manifest.
 */
#include "checkpoint-agent/commands.h"

#include "checkpoint-agent/manifest.h"
#include "checkpoint-agent/view.h"
#include "lib/base/json.h"

#include <stdio.h>

#define DOCUMENT_MAX 65536
#define INDENT       2

static bool as_json;
static struct args_list identities;

static int verify(const char *path, uint64_t *members, struct err *e)
{
	static struct source s; /* large; one in a process */
	int rc = source_open(&s, path, &identities, e);

	if (rc == 0 && manifest_verify(&s, members, e) < 0)
		rc = err_at(e, "%s", path);
	source_close(&s);
	return rc;
}

static void show(struct buf *out, const struct node *tree)
{
	buf_fmt(out, "%.*s: %lld members as the manifest says\n",
			STR_ARG(node_text(node_get(tree, "archive"))),
			(long long)node_whole(node_get(tree, "members"), 0));
}

static void put_document(struct buf *out, const char *path, uint64_t members,
		const char *problem)
{
	struct json_out o = json_out(out, INDENT);

	json_map(&o, NULL);
	json_text(&o, "archive", path);
	json_truth(&o, "intact", problem == NULL);
	if (problem)
		json_text(&o, "problem", problem);
	else
		json_whole(&o, "members", (int64_t)members);
	json_map_end(&o);
	buf_byte(out, '\n');
}

static int run(size_t n, const char *const *operands)
{
	AUTO_BUF struct buf out = buf_growing(DOCUMENT_MAX);
	struct err e = {0}, said = {0};
	uint64_t members = 0;
	int rc = verify(operands[0], &members, &e);

	(void)n;
	put_document(&out, operands[0], members, rc < 0 ? e.text : NULL);
	if ((rc == 0 || as_json) && view_print(&out, as_json, show, &said) < 0)
		rc = -1;
	if (rc == 0)
		return 0;
	fprintf(stderr, "checkpoint-agent: %s\n", *e.text ? e.text : said.text);
	return 1;
}

static const struct args_option options[] = {
		{"json", 0, ARGS_SWITCH, &as_json, NULL, "tell it in JSON", 0,
				0, NULL},
		SOURCE_OPTION(identities),
		{0},
};

const struct args_command command_verify = {
		.name = "verify",
		.operands = "ARCHIVE|-",
		.summary = "compare an archive with its manifest",
		.options = options,
		.min_operands = 1,
		.max_operands = 1,
		.run = run,
};
