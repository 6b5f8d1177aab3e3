/*
 * list - `keelson image list [DIR]`: a table of the images below a directory.
 *
 * Each layout is opened and its layer read to the end, so that what the table
 * shows has been checked against its digest.
 */
#include "images/cmd/commands.h"
#include "images/read/view.h"
#include "lib/base/dir.h"
#include "lib/base/json_out.h"
#include "lib/base/shown.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIST_MAX        256 /* images below one directory */
#define LIST_SHORT      (sizeof("sha256:") - 1 + 12)
#define LIST_ROW_BYTES  256
#define LIST_PATH_BYTES 1024
#define LIST_JSON_BYTES ((size_t)64 << 10)

static bool list_is_full, list_wants_json;

static const struct args_option list_options[] = {
	{.name = "full",
		.type = ARGS_SWITCH,
		.value = &list_is_full,
		.help = "show whole digests"},
	{.name = "json",
		.type = ARGS_SWITCH,
		.value = &list_wants_json,
		.help = "print one JSON object for each image"},
	{.name = NULL},
};

static int count_entry(void *self, const struct tar_entry *t, struct err *e)
{
	size_t *files = self;

	(void)e;
	*files += t->type != TAR_DIR;
	return 0;
}

static int count_packages(struct view *v, size_t *packages, struct err *e)
{
	const struct node *blob, *sbom;

	*packages = 0;
	if (view_referrer(v, OCI_SPDX, &blob, e) < 0)
		return -1;
	if (!blob)
		return 0;
	if (view_document(v, blob, &sbom, e) < 0)
		return -1;
	if (node_get(sbom, "packages"))
		*packages = node_get(sbom, "packages")->count;
	return 0;
}

/* "1.44 MB": decimal units, as docker and podman print. */
static void list_write_size(uint64_t bytes, char out[16])
{
	if (bytes < 1000000)
		snprintf(out, 16, "%llu kB",
			(unsigned long long)(bytes + 999) / 1000);
	else
		snprintf(out, 16, "%.2f MB", (double)bytes / 1e6);
}

/* What is shown of an image; views point into its `view`. */
struct row {
	const char *name;
	struct str tag;
	struct str arch; /* of an image of several, else empty */
	uint64_t bytes;  /* of the compressed layer */
	size_t files, packages;
	const char *digest;
	const char *sbom; /* the file beside the layout, or NULL */
};

static void print_row(const struct row *r)
{
	char title[LIST_PATH_BYTES], size[16];

	snprintf(title, sizeof(title), "%s:%.*s%s%.*s", r->name,
		STR_ARG(r->tag), r->arch.n ? " " : "", STR_ARG(r->arch));
	list_write_size(r->bytes, size);
	shown_line(stdout, "%-26s %9s %6zu %9zu  %-*.*s  %s", title, size,
		r->files, r->packages, (int)LIST_SHORT,
		list_is_full ? (int)OCI_DIGEST_BYTES : (int)LIST_SHORT,
		r->digest, r->sbom ? r->sbom : "-");
}

static void print_row_json(const struct row *r)
{
	AUTO_BUF struct buf line = buf_growing(LIST_JSON_BYTES);
	struct json_out o = json_out(&line, 0);

	json_map(&o, NULL);
	json_text(&o, "name", r->name);
	json_str(&o, "tag", r->tag);
	if (r->arch.n)
		json_str(&o, "architecture", r->arch);
	json_text(&o, "digest", r->digest);
	json_whole(&o, "layerBytes", (int64_t)r->bytes);
	json_whole(&o, "files", (int64_t)r->files);
	json_whole(&o, "packages", (int64_t)r->packages);
	if (r->sbom)
		json_text(&o, "sbom", r->sbom);
	json_map_end(&o);
	shown_line(stdout, "%s", buf_cstr(&line));
}

/* Image `number` of a layout; *n is how many it has. */
static int list_print_image(const char *dir, const char *name, size_t number,
	size_t *n, struct err *e)
{
	const struct choice choice = {.is_by_number = true, .number = number};
	char path[LIST_PATH_BYTES], sbom[LIST_PATH_BYTES];
	AUTO_VIEW struct view v = {0};
	struct row r = {.name = name};
	const struct tar_visitor visitor = {
		.entry = count_entry, .self = &r.files};

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	snprintf(sbom, sizeof(sbom), "%s/%s.spdx.json", dir, name);
	if (view_open_one(path, &choice, &v, e) < 0 ||
		view_layer(&v, &visitor, e) < 0 ||
		count_packages(&v, &r.packages, e) < 0)
		return -1;
	*n = v.n_images;
	r.tag = view_annotation(&v, OCI_KEY("ref.name"));
	if (v.images && v.n_images > 1)
		r.arch = node_text(node_get(v.config, "architecture"));
	r.bytes = (uint64_t)node_whole(node_get(v.layer, "size"), 0);
	r.digest = view_digest(v.image);
	r.sbom = access(sbom, R_OK) == 0 ? sbom : NULL;
	if (list_wants_json)
		print_row_json(&r);
	else
		print_row(&r);
	return 0;
}

static int list_print_layout(const char *dir, const char *name, struct err *e)
{
	size_t n = 1;

	for (size_t i = 0; i < n; i++)
		if (list_print_image(dir, name, i, &n, e) < 0)
			return -1;
	return 0;
}

static int list_order_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Is there a layout of this name? Hidden ones are incomplete. */
static bool is_layout(const char *dir, const char *name)
{
	char path[LIST_PATH_BYTES];
	int n = snprintf(path, sizeof(path), "%s/%s/index.json", dir, name);

	return name[0] != '.' && n > 0 && (size_t)n < sizeof(path) &&
	       access(path, R_OK) == 0;
}

static int read_names(const char *dir, struct arena *a, const char **names,
	size_t *n, struct err *e)
{
	DIR *d = opendir(dir);
	const struct dirent *x;
	int more = 0;

	if (!d)
		return err_sys(e, "%s", dir);
	while (*n < LIST_MAX && (more = dir_next(d, &x, e)) > 0)
		if (is_layout(dir, x->d_name))
			names[(*n)++] = arena_copy(a, str_of(x->d_name));
	closedir(d);
	qsort(names, *n, sizeof(*names), list_order_names);
	return more < 0 ? err_at(e, "%s", dir) : 0;
}

static int list_print(const char *dir, struct arena *a, struct err *e)
{
	const char *names[LIST_MAX];
	size_t n = 0;

	if (read_names(dir, a, names, &n, e) < 0)
		return -1;
	if (!n)
		return err_kind(e, ERR_ABSENT, "no images in %s", dir);
	if (!list_wants_json)
		shown_line(stdout, "%-26s %9s %6s %9s  %-*s  %s", "IMAGE",
			"SIZE", "FILES", "PACKAGES", (int)LIST_SHORT, "DIGEST",
			"SBOM");
	for (size_t i = 0; i < n; i++)
		if (list_print_layout(dir, names[i], e) < 0)
			return -1;
	return 0;
}

static int list_run(size_t n, const char *const *operands)
{
	AUTO_ARENA struct arena a = arena_make(LIST_MAX * LIST_ROW_BYTES * 4);
	struct err e = {0};

	return list_print(n ? operands[0] : "dist", &a, &e) < 0
		       ? command_failure(&e)
		       : 0;
}

const struct args_command command_list = {
	.name = "list",
	.operands = "[DIR]",
	.summary = "Show the images below a directory (dist)",
	.text = "SIZE is the compressed layer; PACKAGES counts the packages "
		"in the SBOM. Every byte shown was checked against its "
		"digest.",
	.options = list_options,
	.max_operands = 1,
	.run = list_run,
};
