/*
 * verify - `keelson verify IMAGE...`: is every byte what the index says, does
 * the SBOM list exactly the files that are in the image, and did those sign it
 * whose keys are given?
 *
 * The first fault ends the check of that image; the remaining images are
 * still checked.
 */
#include "images/cmd/commands.h"
#include "images/cmd/target.h"
#include "images/cmd/verify_image.h"
#include "lib/base/json_out.h"
#include "lib/base/shown.h"

static bool verify_requires_sbom, verify_wants_json;
static const char *verify_platform;
static struct args_list verify_key_paths;
static uint64_t verify_threshold;
static struct verify_keys verify_keys;

/* ---- results ---------------------------------------------------------- */

static void put_signers(struct json_out *o, const struct verify_result *f)
{
	struct str lines = buf_view(&f->attested), line;

	json_list(o, "signed_by");
	for (size_t i = 0; i < verify_keys.n; i++) {
		if (!f->has_signed[i])
			continue;
		json_map(o, NULL);
		json_text(o, "key", verify_keys.paths[i]);
		json_text(o, "sha256", verify_keys.keys[i].fingerprint);
		json_map_end(o);
	}
	json_list_end(o);
	json_list(o, "attested");
	while (str_cut(&lines, '\n', &line))
		if (line.n)
			json_str(o, NULL, line);
	json_list_end(o);
}

/* One object a line; `why` is NULL for an image that holds. */
static void print_json(
	const char *path, const struct verify_result *f, const char *why)
{
	AUTO_BUF struct buf line = buf_growing(VERIFY_TEXT_BYTES);
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
	if (verify_keys.n)
		put_signers(&o, f);
	if (f->others.n)
		json_str(&o, "others", buf_view(&f->others));
	json_map_end(&o);
	shown_line(stdout, "%s", buf_cstr(&line));
}

static void print_lines(const char *before, struct str lines)
{
	struct str line;

	while (str_cut(&lines, '\n', &line))
		if (line.n)
			shown_line(stdout, "%s%.*s", before, STR_ARG(line));
}

static void print_line(const char *path, const struct verify_result *f)
{
	shown_line(stdout, "%s: %zu files, every digest holds, %s", path,
		f->files, f->has_sbom ? "the SBOM names them all" : "no SBOM");
	for (size_t i = 0; i < verify_keys.n; i++)
		if (f->has_signed[i])
			shown_line(stdout, "  signed by %s sha256:%s",
				verify_keys.paths[i],
				verify_keys.keys[i].fingerprint);
	print_lines("  ", buf_view(&f->attested));
	print_lines("", buf_view(&f->others));
}

/* 0 or -1; *n_images: how many there are at the path. */
static int verify_one(
	const char *path, size_t at, struct arena *a, size_t *n_images)
{
	struct verify_result f = {.name = buf_growing(VERIFY_TEXT_BYTES),
		.attested = buf_growing(VERIFY_TEXT_BYTES),
		.others = buf_growing(VERIFY_TEXT_BYTES)};
	const struct verify_wish w = {.keys = &verify_keys,
		.requires_sbom = verify_requires_sbom,
		.arena = a,
		.platform = verify_platform,
		.at = at};
	struct err e = {0};
	int done;

	done = verify_image(&w, path, &f, &e);
	*n_images = f.n_images;
	if (done < 0)
		command_failure(&e);
	if (verify_wants_json)
		print_json(buf_cstr(&f.name), &f, done < 0 ? e.text : NULL);
	else if (done == 0)
		print_line(buf_cstr(&f.name), &f);
	verify_result_free(&f);
	return done;
}

/* All images of a layout or archive. 0 or -1. */
static int verify_path(const char *path, struct arena *a)
{
	size_t n_images = 1;
	int done = 0;

	for (size_t at = 0; at < n_images; at++) {
		arena_reset(a);
		if (verify_one(path, at, a, &n_images) < 0)
			done = -1;
		if (verify_platform)
			break;
	}
	return done;
}

static int verify_run(size_t n, const char *const *operands)
{
	AUTO_ARENA struct arena a = arena_make(VERIFY_NAMES_BYTES);
	struct err e = {0};
	int code = 0;

	if (verify_keys_read(
		    &verify_key_paths, verify_threshold, &verify_keys, &e) < 0)
		return command_failure(&e);
	for (size_t i = 0; i < n; i++)
		if (verify_path(operands[i], &a) < 0)
			code = 1;
	return code;
}

static const struct args_option verify_options[] = {
	TARGET_PLATFORM(&verify_platform),
	{.name = "require-sbom",
		.type = ARGS_SWITCH,
		.value = &verify_requires_sbom,
		.help = "fail for an image that has no SBOM"},
	{.name = "key",
		.type = ARGS_LIST,
		.value = &verify_key_paths,
		.meta = "FILE",
		.help = "fail unless this public key, or another one given, "
			"signed the image"},
	{.name = "threshold",
		.type = ARGS_NUMBER,
		.value = &verify_threshold,
		.meta = "K",
		.min = 1,
		.max = ARGS_LIST_MAX,
		.help = "fail unless K of the keys signed it, 1 unless said"},
	{.name = "with",
		.type = ARGS_LIST,
		.value = &verify_keys.with,
		.meta = "DIR",
		.help = "another builder's layout, or the directory of its "
			"layouts: its signatures of the same image count, and "
			"how another image of that name differs is said"},
	{.name = "json",
		.type = ARGS_SWITCH,
		.value = &verify_wants_json,
		.help = "print one JSON object for each image"},
	{.name = NULL},
};

const struct args_command command_verify = {
	.name = "verify",
	.operands = "IMAGE...",
	.summary = "Check every digest of images, their SBOMs and signatures",
	.text = "IMAGE is an OCI layout or a tar of one, such as a bundle of "
		"several images, or of several platforms, which are all "
		"checked. The SBOM must "
		"list exactly the files that the image holds, with "
		"their hashes, and be one of them; without a referrer "
		"it is looked for in /usr/share/sbom. Signatures and "
		"attestations that a layout holds, in either of cosign's "
		"layouts, must be about its image.",
	.options = verify_options,
	.min_operands = 1,
	.max_operands = SIZE_MAX,
	.run = verify_run,
};
