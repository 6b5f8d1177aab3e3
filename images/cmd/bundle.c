/*
 * bundle - `keelson bundle -o FILE IMAGE...`: images of one architecture with
 * all that belongs to them, as one file for machines without a network.
 *
 * The file is written as a stream and gets its name when it is complete.
 */
#include "images/cmd/commands.h"
#include "images/cmd/shipping.h"
#include "images/ship/archive_docker.h"
#include "images/ship/layout_name.h"
#include "lib/base/fd.h"
#include "lib/base/json_out.h"
#include "lib/base/regular.h"
#include "lib/base/replace.h"
#include "lib/base/shown.h"

#include <stdio.h>

#define BUNDLE_DOCUMENT_BYTES ((size_t)64 << 20)
#define BUNDLE_PATH_BYTES     2048
#define BUNDLE_NAME_BYTES     512
#define BUNDLE_JSON_BYTES     ((size_t)1 << 20)

/* Documents that `make images` and keelson's commands write beside a layout. */
static const char *const bundle_documents[] = {".spdx.json", ".spdx3.json",
	".cdx.json", ".openvex.json", ".csaf.json", ".provenance.json",
	".notice.txt", ".sources.txt"};

static const char *bundle_output;

static const struct args_option bundle_options[] = {
	{.name = "output",
		.letter = 'o',
		.type = ARGS_TEXT,
		.value = &bundle_output,
		.meta = "FILE",
		.help = "write to FILE, which appears complete or not at all"},
	SHIPPING_OPTIONS,
	{.name = NULL},
};

/* One document beside the layout, if it is there. */
static int bundle_document(struct to_archive *t, struct str layout,
	const char *suffix, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(BUNDLE_DOCUMENT_BYTES);
	char from[BUNDLE_PATH_BYTES], to[BUNDLE_NAME_BYTES];
	AUTO_FD int fd = -1;

	snprintf(from, sizeof(from), "%.*s%s", STR_ARG(layout), suffix);
	snprintf(to, sizeof(to), "documents/%.*s%s",
		STR_ARG(str_base_name(layout)), suffix);
	if (regular_open(from, &fd, e) < 0) {
		if (e->kind != ERR_ABSENT)
			return -1;
		err_clear(e);
		return 0;
	}
	if (fd_read_all(fd, &text, e) < 0)
		return err_at(e, "%s", from);
	return archive_files_add(&t->files, to, buf_view(&text), e);
}

/* Of "dist/pause/", "dist/pause:0.1.0" and "dist/pause.tar" alike. */
static int bundle_documents_of(
	struct to_archive *t, const char *operand, struct err *e)
{
	static char path[LAYOUT_NAME_PATH_BYTES];
	char wanted[LAYOUT_NAME_WANTED_BYTES];
	struct str layout;

	if (layout_name_split(operand, path, wanted, e) < 0)
		return -1;
	layout = str_of(path);
	while (str_has_suffix(layout, STR("/")))
		layout.n--;
	if (str_has_suffix(layout, STR(".tar")))
		layout.n -= STR(".tar").n;
	if (layout.n >= BUNDLE_PATH_BYTES / 2)
		return 0;
	for (size_t i = 0;
		i < sizeof(bundle_documents) / sizeof(bundle_documents[0]); i++)
		if (bundle_document(t, layout, bundle_documents[i], e) < 0)
			return -1;
	return 0;
}

static int bundle_image(
	struct to_archive *t, const char *operand, struct err *e)
{
	struct shipping s = {.to_archive = t};
	struct transfer_sums sums;

	if (shipping_from(operand, &s, e) < 0 || shipping_put(&s, &sums, e) < 0)
		return -1;
	return s.from_layout ? bundle_documents_of(t, operand, e) : 0;
}

static void bundle_print_json(const struct to_archive *t, const char *hex)
{
	AUTO_BUF struct buf line = buf_growing(BUNDLE_JSON_BYTES);
	struct json_out o = json_out(&line, 0);

	json_map(&o, NULL);
	json_text(&o, "bundle", bundle_output);
	json_text(&o, "sha256", hex);
	json_whole(&o, "size", (int64_t)t->files.meter.n);
	json_text(&o, "architecture", t->arch);
	json_list(&o, "images");
	for (size_t i = 0; i < t->n_images; i++) {
		json_map(&o, NULL);
		json_text(&o, "name", t->images[i].name);
		json_text(&o, "digest", t->images[i].digest);
		json_map_end(&o);
	}
	json_list_end(&o);
	json_whole(&o, "files", (int64_t)t->files.n);
	json_map_end(&o);
	shown_line(stdout, "%s", buf_cstr(&line));
}

static void bundle_print(const struct to_archive *t)
{
	char hex[SHA256_HEX + 1];

	sink_meter_hex(&t->files.meter, hex);
	if (shipping_values.wants_json) {
		bundle_print_json(t, hex);
		return;
	}
	for (size_t i = 0; i < t->n_images; i++)
		shown_line(stdout, "%s %s", t->images[i].name,
			t->images[i].digest);
	shown_line(stdout,
		"%s: %zu images for %s, %zu files, %llu bytes, sha256:%s",
		bundle_output, t->n_images, t->arch, t->files.n,
		(unsigned long long)t->files.meter.n, hex);
}

static int bundle_fill(struct to_archive *t, size_t n,
	const char *const *operands, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (bundle_image(t, operands[i], e) < 0)
			return -1;
	return to_archive_end(t, e);
}

static int bundle_write(size_t n, const char *const *operands, struct err *e)
{
	AUTO_REPLACE struct replace file = {.fd = -1, .dir = -1};
	struct to_archive t = {.n_images = 0};
	int done;

	if (!bundle_output)
		return err_kind(
			e, ERR_USAGE, "bundle: --output FILE is missing");
	if (replace_open(&file, bundle_output, e) < 0)
		return -1;
	done = to_archive_open(&t,
		&(struct to_archive_plan){
			.fd = &file.fd, .has_docker = true, .is_bundle = true},
		e);
	if (done == 0)
		done = bundle_fill(&t, n, operands, e);
	if (done == 0)
		done = replace_commit(&file, 0644, e);
	if (done == 0)
		bundle_print(&t);
	to_archive_close(&t);
	return done;
}

static int bundle_run(size_t n, const char *const *operands)
{
	struct err e = {0};

	return bundle_write(n, operands, &e) < 0 ? command_failure(&e) : 0;
}

const struct args_command command_bundle = {
	.name = "bundle",
	.operands = "IMAGE...",
	.summary = "Put images and their documents into one file to carry",
	.text = "IMAGE is an OCI layout, a tar of one, or a REF; all are for "
		"one architecture. What refers to an image goes along, and "
		"documents beside a layout, such as dist/pause.openvex.json. "
		"FILE is an OCI layout in a tar that podman load, docker load, "
		"ctr images import and skopeo read; keelson reads an image of "
		"it as FILE:NAME. SHA256SUMS in it lists every "
		"file. " SHIPPING_TEXT,
	.options = bundle_options,
	.min_operands = 1,
	.max_operands = SIZE_MAX,
	.run = bundle_run,
};
