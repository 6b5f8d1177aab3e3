/*
 * dump - `checkpoint-agent dump`: one container into one archive, by hand.
 *
 * The same dump that a request makes, without the server, its limits and its
 * retention.  Without --output the archive is made in the current directory
 * and named as the kubelet names it.  Ctrl-C aborts; the container runs on.
 */
#include "checkpoint-agent/cmd/commands.h"

#include "checkpoint-agent/cmd/operand.h"
#include "checkpoint-agent/cmd/view.h"
#include "checkpoint-agent/dump/dump.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"
#include "lib/base/unswapped.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define DOCUMENT_MAX 65536
#define INDENT       2

static struct operand_options options = OPERAND_OPTIONS_NONE;
static const char *output = "";
static struct dump_options how = {.criu = "criu", .compress = "none"};
static bool as_json;

/* A descriptor that becomes readable on Ctrl-C and SIGTERM. */
static int open_abort(struct err *e)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	return fd < 0 ? err_sys(e, "signalfd") : fd;
}

/* Split --output: *dir is its directory, *name its file or NULL. */
static int open_output(int *dir, const char **name, struct err *e)
{
	struct str file = str_base_name(str_of(output));
	struct str folder = {output, (size_t)(file.p - output)};
	char path[4096] = ".";

	*name = file.n > 0 ? file.p : NULL;
	if (folder.n > 0 && str_copy(folder, path, sizeof(path)) < 0)
		return err_kind(e, ERR_USAGE, "--output: path is too long");
	*dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *dir < 0 ? err_sys(e, "%s", path) : 0;
}

static int dump_to(
	const struct operand_found *f, struct dump_result *r, struct err *e)
{
	AUTO_FD int dir = -1;
	AUTO_FD int stop = open_abort(e);
	struct dump_order o = {.target = &f->target,
		.place = &f->place,
		.options = &how,
		.abort_fd = stop};

	if (stop < 0 || open_output(&dir, &o.name, e) < 0)
		return -1;
	o.dir = dir;
	return dump_container(&o, r, e);
}

static int dump_named(const char *what, struct dump_result *r, struct err *e)
{
	struct operand_found f;
	int rc;

	rc = operand_find(&options, what, &f, e);
	if (rc == 0)
		rc = dump_to(&f, r, e);
	operand_close(&f);
	return rc;
}

static double seconds(const struct node *tree, const char *name)
{
	return (double)node_whole(node_get(tree, name), 0) / 1e6;
}

static void show_result(struct buf *out, const struct node *tree)
{
	struct str name = node_text(node_get(tree, "archive"));

	buf_fmt(out, "%.*s %lld bytes, frozen %.3f s", STR_ARG(name),
		(long long)node_whole(node_get(tree, "bytes"), 0),
		seconds(tree, "frozenMicroseconds"));
	if (node_get(tree, "preDumpFrozenMicroseconds"))
		buf_fmt(out, ", pre-dump %.3f s",
			seconds(tree, "preDumpFrozenMicroseconds"));
	buf_fmt(out, ", total %.3f s\n", seconds(tree, "totalMicroseconds"));
}

static int print_result(const struct dump_result *r, struct err *e)
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
	return view_print(&out, as_json, show_result, e);
}

static int dump_run(size_t n, const char *const *operands)
{
	struct dump_result r;
	struct err e = {0};
	int rc;

	unswapped_begin(true);
	rc = dump_named(n ? operands[0] : NULL, &r, &e);
	if (rc == 0)
		rc = print_result(&r, &e);
	return view_exit(rc, &e);
}

static const struct args_option rows[] = {
	{"output", 'o', ARGS_TEXT, &output, "FILE",
		"write the archive to FILE, which must not exist", 0, 0, NULL},
	OPERAND_OPTIONS_ROWS(options),
	DUMP_OPTIONS_ROWS(how, NULL),
	{"json", 0, ARGS_SWITCH, &as_json, NULL, "print the result as JSON", 0,
		0, NULL},
	{0},
};

const struct args_command command_dump = {
	.name = "dump",
	.operands = "[ID|NAMESPACE/POD/CONTAINER]",
	.summary = "dump one container into an archive",
	.text = "Without --output the archive is written to the current "
		"directory, under the name\nthat the server would give it. "
		"The container keeps running. If dump is interrupted,\nno "
		"file is left.",
	.options = rows,
	.min_operands = 0,
	.max_operands = 1,
	.run = dump_run,
};
