/*
 * verify - `keelson verify IMAGE...`: is every byte what the index says, and
 * does the SBOM list exactly the files that are in the image?
 *
 * The first fault ends the check of that image; the remaining images are
 * still checked.
 */
#include "images/cmd/commands.h"
#include "images/read/find_sbom.h"
#include "images/read/listing_layer.h"
#include "images/read/listing_sbom.h"
#include "images/read/view.h"
#include "lib/base/json_out.h"
#include "lib/base/shown.h"

#include <string.h>

#define VERIFY_NAMES_BYTES ((size_t)64 << 20) /* names of one image */

#define VERIFY_JSON_BYTES ((size_t)64 << 10)

static bool verify_requires_sbom, verify_wants_json;

struct verify_result {
	size_t files;
	bool has_sbom;
};

/* Every file of the layer, except the SBOM, is in the SBOM with its hash. */
static int check_layer_files(const struct listing *layer,
	const struct listing *sbom, const char *self_hex, struct err *e)
{
	for (size_t i = 0; i < layer->n; i++) {
		const struct listed *x = &layer->items[i];
		const struct listed *known = listing_find(sbom, x->path);

		if (x->type == TAR_DIR || strcmp(self_hex, x->sha256) == 0)
			continue;
		if (!known)
			return err_kind(e, ERR_INPUT,
				"/%.*s is not in the SBOM", STR_ARG(x->path));
		if (strcmp(known->sha256, x->sha256) != 0)
			return err_kind(e, ERR_INPUT,
				"/%.*s is not what the SBOM says: "
				"sha256 %s, not %s",
				STR_ARG(x->path), x->sha256, known->sha256);
	}
	return 0;
}

/* Every file of the SBOM is in the layer. */
static int check_sbom_files(
	const struct listing *layer, const struct listing *sbom, struct err *e)
{
	for (size_t i = 0; i < sbom->n; i++)
		if (!listing_find(layer, sbom->items[i].path))
			return err_kind(e, ERR_INPUT,
				"/%.*s is in the SBOM but not in the image",
				STR_ARG(sbom->items[i].path));
	return 0;
}

static int check_sbom(const struct node *spdx, const char *self_hex,
	const struct listing *layer, struct arena *a, struct err *e)
{
	AUTO_LISTING struct listing sbom = {0};

	if (listing_sbom(spdx, a, &sbom, e) < 0 ||
		check_layer_files(layer, &sbom, self_hex, e) < 0)
		return -1;
	return check_sbom_files(layer, &sbom, e);
}

static int verify_image(const char *path, struct arena *a,
	struct verify_result *f, struct err *e)
{
	AUTO_LISTING struct listing layer = {0};
	AUTO_VIEW struct view v = {0};
	const struct node *spdx;
	char hex[SHA256_HEX + 1];

	if (view_open(path, &v, e) < 0)
		return -1;
	if (listing_layer(&v, a, &layer, e) < 0 ||
		find_sbom(&v, &layer, &spdx, hex, e) < 0)
		return err_at(e, "%s", path);
	f->files = 0;
	for (size_t i = 0; i < layer.n; i++)
		f->files += layer.items[i].type != TAR_DIR;
	f->has_sbom = spdx;
	if (!spdx && verify_requires_sbom)
		return err_kind(e, ERR_INPUT,
			"%s: no SBOM, neither as a referrer nor in "
			"/usr/share/sbom",
			path);
	if (spdx && check_sbom(spdx, hex, &layer, a, e) < 0)
		return err_at(e, "%s", path);
	return 0;
}

/* One object a line; `why` is NULL for an image that holds. */
static void print_json(
	const char *path, const struct verify_result *f, const char *why)
{
	AUTO_BUF struct buf line = buf_growing(VERIFY_JSON_BYTES);
	struct json_out o = json_out(&line, 0);

	json_map(&o, NULL);
	json_text(&o, "image", path);
	json_truth(&o, "verified", !why);
	if (why) {
		json_text(&o, "error", why);
	} else {
		json_whole(&o, "files", (int64_t)f->files);
		json_truth(&o, "sbom", f->has_sbom);
	}
	json_map_end(&o);
	shown_line(stdout, "%s", buf_cstr(&line));
}

static void print_line(const char *path, const struct verify_result *f)
{
	shown_line(stdout, "%s: %zu files, every digest holds, %s", path,
		f->files, f->has_sbom ? "the SBOM names them all" : "no SBOM");
}

static int verify_run(size_t n, const char *const *operands)
{
	AUTO_ARENA struct arena a = arena_make(VERIFY_NAMES_BYTES);
	int code = 0;

	for (size_t i = 0; i < n; i++) {
		struct verify_result f = {0};
		struct err e = {0};

		arena_reset(&a);
		if (verify_image(operands[i], &a, &f, &e) < 0) {
			command_failure(&e);
			code = 1;
		}
		if (verify_wants_json)
			print_json(operands[i], &f, e.text[0] ? e.text : NULL);
		else if (!e.text[0])
			print_line(operands[i], &f);
	}
	return code;
}

static const struct args_option verify_options[] = {
	{.name = "require-sbom",
		.type = ARGS_SWITCH,
		.value = &verify_requires_sbom,
		.help = "fail for an image that has no SBOM"},
	{.name = "json",
		.type = ARGS_SWITCH,
		.value = &verify_wants_json,
		.help = "print one JSON object for each image"},
	{.name = NULL},
};

const struct args_command command_verify = {
	.name = "verify",
	.operands = "IMAGE...",
	.summary = "Check every digest of images, and their SBOMs",
	.text = "IMAGE is an OCI layout or a tar of one. The SBOM must "
		"list exactly the files that the image holds, with "
		"their hashes, and be one of them; without a referrer "
		"it is looked for in /usr/share/sbom.",
	.options = verify_options,
	.min_operands = 1,
	.max_operands = SIZE_MAX,
	.run = verify_run,
};
