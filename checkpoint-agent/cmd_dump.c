/*
 * cmd_dump - `checkpoint-agent dump`: one container, by hand.
 *
 * For people and tests: the same dump that a request makes, without server,
 * names, limits or retention.  The container is named by its id, by
 * NAMESPACE/POD/CONTAINER or by one of its processes (--pid).  Without
 * --output the archive gets the kubelet's name in the present directory.
 * Ctrl-C gives up; the container runs on.
 */
#include "checkpoint-agent/commands.h"

#include "checkpoint-agent/cmd_target.h"
#include "checkpoint-agent/dump.h"
#include "checkpoint-agent/view.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define DOCUMENT_MAX 65536
#define INDENT       2

static struct cmd_place place = CMD_PLACE_NONE;
static const char *criu = "criu";
static const char *output = "";
static const char *compress = "none";
static struct args_list recipients;
static bool closes_tcp;
static bool has_manifest;
static bool as_json;
static bool has_predump;

/* Ctrl-C and SIGTERM become something that can be waited for. */
static int open_abort(struct err *e)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	return fd < 0 ? err_sys(e, "signals") : fd;
}

/* "DIR/NAME" -> descriptor of DIR, and NAME (NULL: to be made up). */
static int open_output(int *dir, const char **name, struct err *e)
{
	const char *slash = strrchr(output, '/');
	char path[4096] = ".";

	*name = *output ? output : NULL;
	if (slash) {
		*name = slash + 1;
		if (str_copy((struct str){output, (size_t)(slash - output) + 1},
			    path, sizeof(path)) < 0)
			return err_kind(e, ERR_USAGE, "path too long");
		if (!**name)
			*name = NULL;
	}
	*dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *dir < 0 ? err_sys(e, "%s", path) : 0;
}

static int dump_to(
	const struct cmd_found *f, struct dump_result *r, struct err *e)
{
	AUTO_FD int dir = -1;
	AUTO_FD int stop = open_abort(e);
	struct dump_order o = {.target = &f->target,
		.host_root = f->place.root,
		.host_path = place.host_root,
		.criu = criu,
		.form = {compress, &recipients, has_manifest, has_manifest},
		.closes_tcp = closes_tcp,
		.has_predump = has_predump,
		.abort_fd = stop};

	if (stop < 0 || open_output(&dir, &o.name, e) < 0)
		return -1;
	o.dir = dir;
	return dump_container(&o, r, e);
}

static int dump_named(const char *what, struct dump_result *r, struct err *e)
{
	struct cmd_found f;
	int rc;

	rc = cmd_find(&place, what, &f, e);
	if (rc == 0)
		rc = dump_to(&f, r, e);
	cmd_found_close(&f);
	return rc;
}

static double seconds(const struct node *tree, const char *name)
{
	return (double)node_whole(node_get(tree, name), 0) / 1e6;
}

static void show(struct buf *out, const struct node *tree)
{
	struct str name = node_text(node_get(tree, "archive"));

	buf_fmt(out, "%.*s %lld bytes, frozen %.3f s", STR_ARG(name),
		(long long)node_whole(node_get(tree, "bytes"), 0),
		seconds(tree, "frozenMicroseconds"));
	if (node_get(tree, "preDumpFrozenMicroseconds"))
		buf_fmt(out, ", before it %.3f s",
			seconds(tree, "preDumpFrozenMicroseconds"));
	buf_fmt(out, ", total %.3f s\n", seconds(tree, "totalMicroseconds"));
}

static int tell(const struct dump_result *r, struct err *e)
{
	AUTO_BUF struct buf out = buf_growing(DOCUMENT_MAX);
	struct json_out o = json_out(&out, INDENT);

	json_map(&o, NULL);
	json_text(&o, "archive", r->name);
	json_whole(&o, "bytes", (int64_t)r->bytes);
	json_whole(&o, "frozenMicroseconds", (int64_t)r->frozen_us);
	if (r->predump_frozen_us)
		json_whole(&o, "preDumpFrozenMicroseconds",
			(int64_t)r->predump_frozen_us);
	json_whole(&o, "totalMicroseconds", (int64_t)r->total_us);
	json_map_end(&o);
	buf_byte(&out, '\n');
	return view_print(&out, as_json, show, e);
}

static int run(size_t n, const char *const *operands)
{
	struct dump_result r;
	struct err e = {0};

	if (dump_named(n ? operands[0] : NULL, &r, &e) == 0 &&
		tell(&r, &e) == 0)
		return 0;
	return view_failure(&e);
}

static const struct args_option options[] = {
	{"output", 'o', ARGS_TEXT, &output, "FILE",
		"write the archive to FILE, which must not "
		"exist",
		0, 0, NULL},
	CMD_PLACE_OPTIONS(place),
	{"criu", 0, ARGS_TEXT, &criu, "PROGRAM", "CRIU to run", 0, 0, NULL},
	{"compress", 0, ARGS_TEXT, &compress, "HOW", "none, gzip or zstd", 0, 0,
		NULL},
	{"encrypt-to", 0, ARGS_LIST, &recipients, "age1...",
		"encrypt to this public key", 0, 0, NULL},
	{"manifest", 0, ARGS_SWITCH, &has_manifest, NULL,
		"put the SHA-256 of each member into it, and "
		"that of the archive beside it",
		0, 0, NULL},
	{"pre-dump", 0, ARGS_SWITCH, &has_predump, NULL,
		"copy memory once while it runs, then what "
		"was written since",
		0, 0, NULL},
	{"close-tcp", 0, ARGS_SWITCH, &closes_tcp, NULL,
		"close TCP connections in the archive", 0, 0, NULL},
	{"json", 0, ARGS_SWITCH, &as_json, NULL, "tell it in JSON", 0, 0, NULL},
	{0},
};

const struct args_command command_dump = {
	.name = "dump",
	.operands = "[ID|NAMESPACE/POD/CONTAINER]",
	.summary = "dump one container into an archive",
	.text = "Without --output the archive is made in the present "
		"directory, by the name\nthat the server would give "
		"it. The container goes on, also when dump is\n"
		"interrupted; then no file is left.",
	.options = options,
	.min_operands = 0,
	.max_operands = 1,
	.run = run,
};
