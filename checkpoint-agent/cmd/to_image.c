/*
 * to_image - `checkpoint-agent to-image`: an archive as an OCI image.
 *
 * restore/to_image.h writes the image; its digest is printed.
 */
#include "checkpoint-agent/cmd/commands.h"

#include "checkpoint-agent/cmd/archive_options.h"
#include "checkpoint-agent/cmd/view.h"
#include "checkpoint-agent/restore/to_image.h"
#include "lib/base/json.h"

#define DOCUMENT_MAX 65536
#define INDENT       2

static struct archive_options options = ARCHIVE_OPTIONS_NONE;
static const char *output = "";
static const char *tag = "";

static void show_image(struct buf *out, const struct node *tree)
{
	static const struct view_field fields[] = {{"image", "digest"},
		{"layout", "path"}, {"tag", "tag"}, {NULL, NULL}};

	view_fields(out, tree, fields);
}

static int make_image(const char *archive, struct err *e)
{
	AUTO_BUF struct buf out = buf_growing(DOCUMENT_MAX);
	struct json_out o = json_out(&out, INDENT);
	const struct pod_archive_place place = {
		archive, options.container, NULL, options.max_bytes};
	struct oci_blob image;

	if (!*output)
		return err_kind(e, ERR_USAGE, "--output is required");
	if (archive_options_need_file(archive, e) < 0)
		return -1;
	if (to_image_write(&place, output, tag, &image, e) < 0)
		return -1;
	json_map(&o, NULL);
	json_text(&o, "digest", image.digest);
	json_text(&o, "path", output);
	json_text(&o, "tag", tag);
	json_map_end(&o);
	buf_byte(&out, '\n');
	return view_print(&out, options.as_json, show_image, e);
}

static int to_image_run(size_t n, const char *const *operands)
{
	struct err e = {0};

	(void)n;
	return view_exit(make_image(operands[0], &e), &e);
}

static const struct args_option rows[] = {
	{"output", 'o', ARGS_TEXT, &output, "PATH",
		"OCI layout to write, as a tar if PATH ends in .tar; must not "
		"exist",
		0, 0, NULL},
	{"tag", 0, ARGS_TEXT, &tag, "NAME",
		"name of the image in the OCI layout", 0, 0, NULL},
	ARCHIVE_OPTIONS_CONTAINER(options),
	ARCHIVE_OPTIONS_MAX_SIZE(options),
	ARCHIVE_OPTIONS_JSON(options),
	{0},
};

const struct args_command command_to_image = {
	.name = "to-image",
	.operands = "ARCHIVE",
	.summary = "make an OCI image from an archive",
	.text = "The image has one layer, which is the archive, and the "
		"annotations by which\nCRI-O, containerd and podman "
		"recognise a checkpoint. Push it with skopeo.\n--output is "
		"required; encrypted archives are refused.",
	.options = rows,
	.min_operands = 1,
	.max_operands = 1,
	.run = to_image_run,
};
