/*
 * check - `checkpoint-agent check`: can the node, or a container, be
 * checkpointed?
 *
 * Without a container it prints node_check's report, with one that of
 * preflight.  Nothing is stopped.  Exit status: 0 yes; 1 no, or there is no
 * such container; 2 wrong command line.
 */
#include "checkpoint-agent/cmd/commands.h"

#include "checkpoint-agent/cmd/operand.h"
#include "checkpoint-agent/cmd/view.h"
#include "checkpoint-agent/node/hostfs.h"
#include "checkpoint-agent/preflight/node_check.h"
#include "checkpoint-agent/preflight/preflight.h"
#include "lib/base/fd.h"
#include "lib/base/whole.h"

#include <stdio.h>

#define DEFAULT_DIR "/var/lib/kubelet/checkpoints"

static struct operand_options options = OPERAND_OPTIONS_NONE;
static const char *criu = "criu";
static const char *dir = DEFAULT_DIR;
static bool as_json;

static int check_node(struct buf *out, bool *is_good, struct err *e)
{
	static struct node_check c;
	AUTO_FD int root = -1;
	struct node_check_place p = {.criu = criu,
		.dir = dir,
		.cri_endpoint = options.cri_endpoint,
		.roots = &options.runtime_roots};

	if (hostfs_open_root(options.host_root, &root, e) < 0)
		return -1;
	p.root = root;
	node_check_run(&c, &p);
	if (as_json)
		node_check_put_json(out, &c);
	else
		node_check_put_text(out, &c);
	*is_good = node_check_worst(&c) != NODE_CHECK_BAD;
	return 0;
}

static int check_found(const struct operand_found *f, struct buf *out,
	bool *is_good, struct err *e)
{
	static struct survey s; /* large */
	struct preflight p;
	int rc = survey_make(&s, &f->target, &f->place, NULL, e);

	if (rc == 0)
		rc = preflight_check(&p, &f->target, &s, e);
	if (rc == 0) {
		if (as_json)
			preflight_put_json(out, &p, &f->target, &s);
		else
			preflight_put_text(out, &p, &f->target, &s);
		*is_good = p.findings.obstacle_count == 0;
	}
	survey_free(&s);
	return rc;
}

static int check_container(
	const char *what, struct buf *out, bool *is_good, struct err *e)
{
	struct operand_found f;
	int rc = operand_find(&options, what, &f, e);

	if (rc == 0)
		rc = check_found(&f, out, is_good, e);
	operand_close(&f);
	return rc;
}

static int check_run(size_t n, const char *const *operands)
{
	AUTO_BUF struct buf out = buf_growing(PREFLIGHT_TEXT_MAX);
	bool is_good = false;
	struct err e = {0};
	int rc = n || options.pid ? check_container(n ? operands[0] : NULL,
					    &out, &is_good, &e)
				  : check_node(&out, &is_good, &e);

	if (rc == 0)
		rc = whole_check(&out, "answer", &e);
	if (rc < 0)
		return view_exit(rc, &e);
	fwrite(out.p, 1, out.n, stdout);
	return is_good ? 0 : 1;
}

static const struct args_option rows[] = {
	{"json", 0, ARGS_SWITCH, &as_json, NULL, "print the result as JSON", 0,
		0, NULL},
	OPERAND_OPTIONS_ROWS(options),
	{"criu", 0, ARGS_TEXT, &criu, "PROGRAM", "CRIU to check", 0, 0, NULL},
	{"dir", 0, ARGS_TEXT, &dir, "DIR", "directory of archives to check", 0,
		0, NULL},
	{0},
};

const struct args_command command_check = {
	.name = "check",
	.operands = "[ID|NAMESPACE/POD/CONTAINER]",
	.summary = "check whether the node or a container can be checkpointed",
	.text = "Checks the node, or the container if one is named. Nothing "
		"is stopped.\nExit status 0: it can be checkpointed; 1: it "
		"cannot, or there is no such\ncontainer.",
	.options = rows,
	.min_operands = 0,
	.max_operands = 1,
	.run = check_run,
};
