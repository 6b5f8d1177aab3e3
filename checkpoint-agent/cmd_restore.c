/*
 * cmd_restore - `checkpoint-agent restore`: a container back from an archive.
 *
 * Archives are ours or podman's; an encrypted one is opened by --identity.
 */
#include "checkpoint-agent/commands.h"

#include "checkpoint-agent/restore.h"
#include "checkpoint-agent/unwrap.h"
#include "checkpoint-agent/view.h"
#include "lib/base/json.h"

#define DOCUMENT_MAX 65536
#define INDENT       2

static bool as_json;
static bool closes_tcp;
static const char *archive = "";
static const char *container = "";
static const char *base = "";
static const char *base_tag = "";
static const char *bundle = "";
static const char *runtime = "";
static const char *net = "keep";
static struct args_list binds;
static struct args_list identities;

static int check(struct err *e)
{
	if (!*archive || !*base || !*bundle)
		return err_kind(e, ERR_USAGE,
			"--import, --base and --bundle are needed");
	return 0;
}

/* The runtime has said all that people need. */
static void show(struct buf *out, const struct node *tree)
{
	(void)out;
	(void)tree;
}

static int tell(const char *name, struct err *e)
{
	AUTO_BUF struct buf out = buf_growing(DOCUMENT_MAX);
	struct json_out o = json_out(&out, INDENT);

	json_map(&o, NULL);
	json_text(&o, "name", name);
	json_text(&o, "bundle", bundle);
	json_map_end(&o);
	buf_byte(&out, '\n');
	return view_print(&out, as_json, show, e);
}

static int run(size_t n, const char *const *operands)
{
	const struct restore_order o = {
		.archive = {archive, container, &identities},
		.name = operands[0],
		.bundle = bundle,
		.base = base,
		.base_tag = base_tag,
		.closes_tcp = closes_tcp,
		.runtime = runtime,
		.spec = {.rootfs = "rootfs", .net = net, .binds = &binds}};
	struct err e = {0};

	(void)n;
	if (check(&e) == 0 && restore_container(&o, &e) == 0 &&
		tell(operands[0], &e) == 0)
		return 0;
	return view_failure(&e);
}

static const struct args_option options[] = {
	{"import", 0, ARGS_TEXT, &archive, "ARCHIVE",
		"archive to bring back, - for standard input", 0, 0, NULL},
	{"base", 0, ARGS_TEXT, &base, "DIR",
		"root file system of its image, which stays "
		"as it is, or an OCI layout that has it",
		0, 0, NULL},
	{"base-tag", 0, ARGS_TEXT, &base_tag, "NAME",
		"which image of the layout", 0, 0, NULL},
	{"bundle", 'b', ARGS_TEXT, &bundle, "DIR",
		"directory for the new bundle", 0, 0, NULL},
	{"runtime", 0, ARGS_TEXT, &runtime, "PROGRAM",
		"runc or crun; default the one it ran under", 0, 0, NULL},
	{"net", 0, ARGS_TEXT, &net, "keep|new|PATH",
		"network namespace: the path it had, one of "
		"its own, or another path",
		0, 0, NULL},
	{"bind", 0, ARGS_LIST, &binds, "DESTINATION=SOURCE",
		"mount SOURCE where the archive has another", 0, 0, NULL},
	{"close-tcp", 0, ARGS_SWITCH, &closes_tcp, NULL,
		"bring TCP connections back closed", 0, 0, NULL},
	{"json", 0, ARGS_SWITCH, &as_json, NULL, "tell it in JSON", 0, 0, NULL},
	UNWRAP_OPTIONS(container, identities),
	{0},
};

const struct args_command command_restore = {
	.name = "restore",
	.operands = "NAME",
	.summary = "bring a container back by runc or crun",
	.text = "Makes a bundle of the archive and of its image, "
		"and has the runtime restore it.\nThe bundle's "
		"rootfs stays mounted as long as the container is "
		"wanted.\n--import, --base and --bundle are needed.",
	.options = options,
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
