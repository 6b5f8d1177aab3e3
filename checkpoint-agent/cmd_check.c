/*
 * cmd_check - `checkpoint-agent check`: could it be done?
 *
 * Of the node without an operand, of one container with one.  Nothing is
 * stopped for it.  Exit status: 0 it can be, 1 it cannot (or there is no such
 * container), 2 a wrong command line.
 */
#include "checkpoint-agent/commands.h"

#include "checkpoint-agent/cmd_target.h"
#include "checkpoint-agent/nodecheck.h"
#include "checkpoint-agent/preflight.h"
#include "checkpoint-agent/resolve/hostfs.h"
#include "checkpoint-agent/view.h"
#include "lib/base/fd.h"

#include <stdio.h>

#define DIR_USUAL "/var/lib/kubelet/checkpoints"

static struct cmd_place place = CMD_PLACE_NONE;
static const char *criu = "criu";
static const char *dir = DIR_USUAL;
static bool as_json;

static int check_node(struct buf *out, bool *is_good, struct err *e)
{
	static struct nodecheck c;
	AUTO_FD int root = -1;
	struct nodecheck_place p = {.criu = criu,
		.dir = dir,
		.cri_endpoint = place.cri_endpoint,
		.roots = &place.runtime_roots};

	if (hostfs_open_root(place.host_root, &root, e) < 0)
		return -1;
	p.root = root;
	nodecheck_look(&c, &p);
	if (as_json)
		nodecheck_put_json(out, &c);
	else
		nodecheck_put(out, &c);
	*is_good = nodecheck_worst(&c) != NODECHECK_BAD;
	return 0;
}

static int look(const struct cmd_found *f, struct buf *out, bool *is_good,
	struct err *e)
{
	static struct survey s; /* large */
	struct preflight p;
	int rc = survey_make(&s, &f->target, f->place.root, place.host_root, e);

	if (rc == 0)
		rc = preflight_look(&p, &f->target, &s, e);
	if (rc == 0) {
		if (as_json)
			preflight_put(out, &p, &f->target, &s);
		else
			preflight_put_text(out, &p, &f->target, &s);
		*is_good = p.obstacle_count == 0;
	}
	survey_free(&s);
	return rc;
}

static int check_container(
	const char *what, struct buf *out, bool *is_good, struct err *e)
{
	struct cmd_found f;
	int rc = cmd_find(&place, what, &f, e);

	if (rc == 0)
		rc = look(&f, out, is_good, e);
	cmd_found_close(&f);
	return rc;
}

static int run(size_t n, const char *const *operands)
{
	AUTO_BUF struct buf out = buf_growing(PREFLIGHT_TEXT_MAX);
	bool is_good = false;
	struct err e = {0};
	int rc = n || place.pid ? check_container(n ? operands[0] : NULL, &out,
					  &is_good, &e)
				: check_node(&out, &is_good, &e);

	if (rc < 0)
		return view_failure(&e);
	fwrite(out.p, 1, out.n, stdout);
	return is_good ? 0 : 1;
}

static const struct args_option options[] = {
	{"json", 0, ARGS_SWITCH, &as_json, NULL, "answer in JSON", 0, 0, NULL},
	CMD_PLACE_OPTIONS(place),
	{"criu", 0, ARGS_TEXT, &criu, "PROGRAM", "CRIU to ask", 0, 0, NULL},
	{"dir", 0, ARGS_TEXT, &dir, "DIR", "where archives go", 0, 0, NULL},
	{0},
};

const struct args_command command_check = {
	.name = "check",
	.operands = "[ID|NAMESPACE/POD/CONTAINER]",
	.summary = "can the node, or a container, be checkpointed?",
	.text = "Looks at the node, or at the container that is named. "
		"Nothing is stopped.\nExit status 0: it can be; 1: it cannot, "
		"or there is no such container.",
	.options = options,
	.min_operands = 0,
	.max_operands = 1,
	.run = run,
};
