/*
 * restore - `checkpoint-agent restore`: restore a container from an archive,
 * ours or podman's.
 *
 * The OCI runtime has already printed what people need to know, so only --json
 * prints a result.
 */
#include "checkpoint-agent/cmd/commands.h"

#include "checkpoint-agent/cmd/archive_options.h"
#include "checkpoint-agent/cmd/view.h"
#include "checkpoint-agent/restore/restore.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"

#include <unistd.h>

#define DOCUMENT_MAX (64u << 20)
#define INDENT       2

static struct archive_options options = ARCHIVE_OPTIONS_NONE;
static bool closes_tcp;
static bool may_be_plain;
static const char *archive = "";
static const char *base = "";
static const char *base_tag = "";
static const char *bundle = "";
static const char *runtime = "";
static const char *net = "";
static const char *console = "";
static struct args_list binds, joins, devices;
static bool only_plans;

static int check_options(struct err *e)
{
	if (!*archive)
		return err_kind(e, ERR_USAGE, "--import is required");
	if (!only_plans && (!*base || !*bundle))
		return err_kind(e, ERR_USAGE,
			"--base and --bundle are required, unless --plan only "
			"looks");
	return 0;
}

/* Made before anything runs, so that no lack of memory follows a restore. */
static int make_result(struct buf *out, const char *name, struct err *e)
{
	struct json_out o = json_out(out, INDENT);

	json_map(&o, NULL);
	json_text(&o, "name", name);
	json_text(&o, "bundle", bundle);
	json_map_end(&o);
	buf_byte(out, '\n');
	return out->full ? err_kind(e, ERR_LIMIT, "out of memory") : 0;
}

static int restore_and_tell(const struct restore_order *o, struct err *e)
{
	AUTO_BUF struct buf result = buf_growing(DOCUMENT_MAX);

	if (options.as_json && make_result(&result, o->name, e) < 0)
		return -1;
	if (restore_container(o, e) < 0)
		return -1;
	if (fd_write(STDOUT_FILENO, result.p, result.n, e) < 0)
		return err_at(e, "container %s runs; its result", o->name);
	return 0;
}

/* ---- the plan ----------------------------------------------------------- */

static void show_plan(struct buf *out, const struct node *tree)
{
	static const struct view_field columns[] = {{"FATE", "fate"},
		{"WHAT", "what"}, {"NAME", "name"}, {"ARCHIVED", "archived"},
		{"NOW", "now"}, {"WHY", "why"}, {NULL, NULL}};

	view_table(out, node_get(tree, "items"), columns);
	if (!node_truth(node_get(tree, "possible"), false))
		buf_text(out, "\nrefused, unless options allow it\n");
}

static int print_plan(const struct restore_order *o, struct err *e)
{
	AUTO_BUF struct buf out = buf_growing(DOCUMENT_MAX);

	if (restore_plan(o, &out, e) < 0)
		return -1;
	return view_print(&out, options.as_json, show_plan, e);
}

/* ------------------------------------------------------------------------- */

static int restore_run(size_t n, const char *const *operands)
{
	const struct restore_order o = {
		.archive = archive_options_place(&options, archive),
		.name = n ? operands[0] : "",
		.bundle = bundle,
		.base = {base, base_tag},
		.closes_tcp = closes_tcp,
		.may_be_plain = may_be_plain,
		.runtime = runtime,
		.console = console,
		.spec = {.rootfs = "rootfs",
			.allowed = {net, &binds, &joins, &devices}}};
	struct err e = {0};
	int rc = check_options(&e);

	if (rc == 0 && n == 0 && !only_plans)
		rc = err_kind(&e, ERR_USAGE,
			"the NAME of the new container is missing");
	if (rc == 0 && only_plans)
		return view_exit(print_plan(&o, &e), &e);
	if (rc == 0)
		rc = restore_and_tell(&o, &e);
	return view_exit(rc, &e);
}

static const struct args_option rows[] = {
	{"import", 0, ARGS_TEXT, &archive, "ARCHIVE",
		"archive to restore, - for standard input", 0, 0, NULL},
	{"base", 0, ARGS_TEXT, &base, "DIR",
		"root file system of the container's image, or an OCI layout "
		"of it; it is not changed",
		0, 0, NULL},
	{"base-tag", 0, ARGS_TEXT, &base_tag, "NAME",
		"image in the OCI layout, if there are several", 0, 0, NULL},
	{"bundle", 'b', ARGS_TEXT, &bundle, "DIR",
		"directory for the new OCI bundle", 0, 0, NULL},
	{"runtime", 0, ARGS_TEXT, &runtime, "PROGRAM",
		"runc or crun; default the one the container ran under", 0, 0,
		NULL},
	{"net", 0, ARGS_TEXT, &net, "keep|new|PATH",
		"network namespace: as archived, a new one, or the one at PATH",
		0, 0, NULL},
	{"bind", 0, ARGS_LIST, &binds, "DESTINATION[=SOURCE]",
		"allow what the archive mounts at DESTINATION from the node, "
		"or mount SOURCE there",
		0, 0, NULL},
	{"join", 0, ARGS_LIST, &joins, "TYPE[=PATH]",
		"allow the archived namespace of the node of this type (pid, "
		"ipc, uts ...), or use PATH",
		0, 0, NULL},
	{"device", 0, ARGS_LIST, &devices, "DEVICE",
		"allow a device of the node as --plan shows it, or all", 0, 0,
		NULL},
	{"plan", 0, ARGS_SWITCH, &only_plans, NULL,
		"only show what of the archive a restore would obey", 0, 0,
		NULL},
	{"console-socket", 0, ARGS_TEXT, &console, "SOCKET",
		"unix socket that takes the other end of the container's "
		"terminal, as runc's",
		0, 0, NULL},
	{"close-tcp", 0, ARGS_SWITCH, &closes_tcp, NULL,
		"restore TCP connections as closed", 0, 0, NULL},
	{"allow-plaintext-on-disk", 0, ARGS_SWITCH, &may_be_plain, NULL,
		"unpack an encrypted archive to the bundle's disk if memory "
		"has no room for it",
		0, 0, NULL},
	ARCHIVE_OPTIONS_ROWS(options),
	{0},
};

const struct args_command command_restore = {
	.name = "restore",
	.operands = "[NAME]",
	.summary = "restore a container with runc or crun",
	.text = "Makes an OCI bundle from the archive and the container's "
		"image, and has the\nruntime restore it as container NAME. "
		"The bundle's rootfs stays mounted; unmount\nit when the "
		"container is gone. --import, --base and --bundle are "
		"required. Places of\nthe node that the archive names are "
		"used only if an option allows them; --plan lists\nthem.",
	.options = rows,
	.min_operands = 0,
	.max_operands = 1,
	.run = restore_run,
};
