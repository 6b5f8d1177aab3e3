/*
 * verify_release - `keelson verify-release DIR --key FILE`: is this directory
 * the release that the owner of the key made?
 *
 * First the list: every file is in it with its digest, and nothing else.  Then
 * the images as `keelson verify` checks them, each with its documents.
 */
#include "images/cmd/commands.h"
#include "images/cmd/verify_image.h"
#include "images/release/release_image.h"
#include "lib/base/fd.h"
#include "lib/base/shown.h"

#include <stdio.h>
#include <string.h>

#define RELEASE_NAMES_BYTES ((size_t)256 << 20)
#define RELEASE_PATH_BYTES  2048
#define RELEASE_IMAGES      "images/"

static struct args_list release_key_paths;
static const char *release_wanted;

static const struct args_option verify_release_options[] = {
	{.name = "key",
		.type = ARGS_LIST,
		.value = &release_key_paths,
		.meta = "FILE",
		.help = "the public key of who makes the releases; any of "
			"several counts"},
	{.name = "release",
		.type = ARGS_TEXT,
		.value = &release_wanted,
		.meta = "VERSION",
		.help = "fail for another version"},
	{.name = NULL},
};

struct verifying {
	const char *dir;
	struct verify_keys keys;   /* all given */
	struct verify_keys signer; /* the one that signed the release */
	struct release_name is;
	struct release_list files;
	size_t n_images;
};

/* ---- images ----------------------------------------------------------- */

static int check_image(struct verifying *v, struct str name, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(VERIFY_NAMES_BYTES);
	struct verify_result f = {.name = buf_growing(VERIFY_TEXT_BYTES),
		.attested = buf_growing(VERIFY_TEXT_BYTES),
		.others = buf_growing(VERIFY_TEXT_BYTES)};
	const struct verify_wish w = {
		.keys = &v->signer, .requires_sbom = true, .arena = &a};
	const struct release_image image = {
		v->dir, name, v->is.version, v->signer.keys, &v->files};
	char path[RELEASE_PATH_BYTES];
	size_t n = 0;
	int done;

	snprintf(path, sizeof(path), "%.1000s/" RELEASE_IMAGES "%.*s", v->dir,
		STR_ARG(name));
	done = verify_image(&w, path, &f, e);
	if (done == 0)
		done = release_image_check(&image, &n, e);
	if (done == 0)
		shown_line(stdout,
			"%s: %zu files, the SBOM names them all, %zu "
			"documents are of this image",
			path, f.files, n);
	verify_result_free(&f);
	v->n_images++;
	return done;
}

static bool has_layout(const struct verifying *v, struct str name)
{
	char path[RELEASE_PATH_BYTES];

	snprintf(path, sizeof(path), RELEASE_IMAGES "%.*s/index.json",
		STR_ARG(name));
	return release_list_find(&v->files, str_of(path));
}

/* "pause.spdx.json": of the image "pause"? */
static bool is_of_image(const struct verifying *v, struct str file)
{
	size_t dot = str_find(file, '.');
	struct str ending = str_sub(file, dot + 1, file.n);

	return has_layout(v, str_sub(file, 0, dot)) &&
	       (str_is(ending, "tar") || str_is(ending, "notice.txt") ||
		       str_is(ending, "sources.txt") ||
		       release_image_type(ending));
}

/* One file below images/: of a layout, or beside one. */
static int check_place(struct verifying *v, struct str below, struct err *e)
{
	size_t slash = str_find(below, '/');
	struct str first = str_sub(below, 0, slash);

	if (slash < below.n &&
		str_is(str_sub(below, slash + 1, below.n), "index.json"))
		return check_image(v, first, e);
	if (slash < below.n ? has_layout(v, first) : is_of_image(v, below))
		return 0;
	return err_kind(e, ERR_INPUT,
		RELEASE_IMAGES "%.*s: neither an image nor one's document",
		STR_ARG(below));
}

static int check_images(struct verifying *v, struct err *e)
{
	struct str prefix = STR(RELEASE_IMAGES);

	for (size_t i = 0; i < v->files.n; i++) {
		struct str path = v->files.files[i].path;

		if (str_has_prefix(path, prefix) &&
			check_place(v, str_sub(path, prefix.n, path.n), e) < 0)
			return -1;
	}
	return v->n_images ? 0
			   : err_kind(e, ERR_INPUT,
				     "%s: no image in " RELEASE_IMAGES, v->dir);
}

/* ---- the whole -------------------------------------------------------- */

/* Its first line names the release: "## 1.2.0 - 2026-12-01". */
static int check_changes(const struct verifying *v, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing((size_t)16 << 20);
	char path[RELEASE_PATH_BYTES];
	struct str rest, line, word;

	snprintf(path, sizeof(path), "%.1000s/" RELEASE_CHANGES, v->dir);
	if (file_read(path, &text, e) < 0)
		return -1;
	rest = buf_view(&text);
	if (str_cut(&rest, '\n', &line) && str_cut(&line, ' ', &word) &&
		str_is(word, "##") && str_cut(&line, ' ', &word) &&
		str_eq(word, v->is.version))
		return 0;
	return err_kind(e, ERR_INPUT, "%s: does not begin with \"## %.*s\"",
		path, STR_ARG(v->is.version));
}

static int check_release(struct verifying *v, struct err *e)
{
	struct release_keys keys = {v->keys.keys, v->keys.n, 0};

	if (release_open(v->dir, &keys, &v->is, &v->files, e) < 0)
		return -1;
	if (release_wanted && !str_is(v->is.version, release_wanted))
		return err_kind(e, ERR_INPUT, "%s: release %.*s, not %s",
			v->dir, STR_ARG(v->is.version), release_wanted);
	v->signer.keys[0] = keys.keys[keys.by];
	v->signer.paths[0] = v->keys.paths[keys.by];
	v->signer.n = v->signer.threshold = 1;
	if (check_changes(v, e) < 0 || check_images(v, e) < 0)
		return -1;
	shown_line(stdout, "%s: %.*s %.*s, %zu files as signed by %s sha256:%s",
		v->dir, STR_ARG(v->is.name), STR_ARG(v->is.version), v->files.n,
		v->signer.paths[0], v->signer.keys[0].fingerprint);
	return 0;
}

static int verify_release_run(size_t n, const char *const *operands)
{
	static struct verifying v; /* too large for the stack */
	AUTO_ARENA struct arena a = arena_make(RELEASE_NAMES_BYTES);
	struct err e = {0};

	(void)n;
	v.dir = operands[0];
	v.files.arena = &a;
	if (!release_key_paths.n)
		err_kind(
			&e, ERR_USAGE, "verify-release: --key FILE is missing");
	else if (verify_keys_read(&release_key_paths, 0, &v.keys, &e) == 0 &&
		 check_release(&v, &e) == 0)
		return 0;
	return command_failure(&e);
}

const struct args_command command_verify_release = {
	.name = "verify-release",
	.operands = "DIR",
	.summary = "Check a release: every file, image, document and signature",
	.text = "DIR is a whole release as it was published. Its files must be "
		"exactly those that the key's owner listed, with their "
		"digests; its images are checked as `keelson verify` does it; "
		"each document (SBOM, VEX, provenance, the statement of "
		"`keelson reproduce`) must be attested for its image by the "
		"same key.",
	.options = verify_release_options,
	.min_operands = 1,
	.max_operands = 1,
	.run = verify_release_run,
};
