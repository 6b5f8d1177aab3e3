/*
 * cmd_toimage - `checkpoint-agent to-image`: an archive as an OCI image.
 */
#include "checkpoint-agent/commands.h"

#include "checkpoint-agent/toimage.h"
#include "checkpoint-agent/view.h"
#include "lib/base/json.h"

#include <string.h>

#define DOCUMENT_MAX 65536
#define INDENT       2

static bool as_json;
static const char *output = "";
static const char *tag = "";
static const char *container = "";

static void show(struct buf *out, const struct node *tree)
{
	static const struct view_field fields[] = {{"image", "digest"},
		{"layout", "path"}, {"tag", "tag"}, {NULL, NULL}};

	view_fields(out, tree, fields);
}

static int make(const char *archive, struct err *e)
{
	AUTO_BUF struct buf out = buf_growing(DOCUMENT_MAX);
	struct json_out o = json_out(&out, INDENT);
	const struct unwrap_place place = {archive, container, NULL};
	struct oci_blob image;

	if (!*output)
		return err_kind(e, ERR_USAGE, "--output is needed");
	if (strcmp(archive, "-") == 0)
		return err_kind(e, ERR_USAGE,
			"the archive is read several "
			"times; it must be a file");
	if (toimage_write(&place, output, tag, &image, e) < 0)
		return -1;
	json_map(&o, NULL);
	json_text(&o, "digest", image.digest);
	json_text(&o, "path", output);
	json_text(&o, "tag", tag);
	json_map_end(&o);
	buf_byte(&out, '\n');
	return view_print(&out, as_json, show, e);
}

static int run(size_t n, const char *const *operands)
{
	struct err e = {0};

	(void)n;
	if (make(operands[0], &e) == 0)
		return 0;
	return view_failure(&e);
}

static const struct args_option options[] = {
	{"output", 'o', ARGS_TEXT, &output, "PATH",
		"OCI layout to make, a tar of one when it ends "
		"in .tar; must not exist",
		0, 0, NULL},
	{"tag", 0, ARGS_TEXT, &tag, "NAME", "name of the image in the layout",
		0, 0, NULL},
	UNWRAP_CONTAINER(container),
	{"json", 0, ARGS_SWITCH, &as_json, NULL, "tell it in JSON", 0, 0, NULL},
	{0},
};

const struct args_command command_to_image = {
	.name = "to-image",
	.operands = "ARCHIVE",
	.summary = "make an OCI image of an archive",
	.text = "The image has one layer, the archive as it is, and "
		"the annotations by which\nCRI-O, containerd and "
		"podman know a checkpoint. Push it with skopeo.\n"
		"--output is needed; an encrypted archive is refused.",
	.options = options,
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
