/*
 * `keelson image list [DIR]`: the images below a directory as a table.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "images/command.h"
#include "images/view.h"
#include "lib/base/fd.h"

#define LIST_MAX       256 /* images below one directory */
#define SHORT_DIGEST   (sizeof("sha256:") - 1 + 12)
#define LIST_ROW_BYTES 256

static bool is_full;

const struct args_option list_options[] = {
	{.name = "full",
		.type = ARGS_SWITCH,
		.value = &is_full,
		.help = "show digests whole"},
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

/* "1.44 MB", as docker and podman count: thousands. */
static void say_size(uint64_t bytes, char out[16])
{
	if (bytes < 1000000)
		snprintf(out, 16, "%llu kB",
			(unsigned long long)(bytes + 999) / 1000);
	else
		snprintf(out, 16, "%.2f MB", (double)bytes / 1e6);
}

static int say_row(const char *dir, const char *name, struct err *e)
{
	char path[LAYOUT_PATH_BYTES], sbom[LAYOUT_PATH_BYTES], size[16];
	AUTO_VIEW struct view v = {0};
	size_t files = 0, packages;
	const struct tar_told told = {.entry = count_entry, .self = &files};
	struct str tag;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	snprintf(sbom, sizeof(sbom), "%s/%s.spdx.json", dir, name);
	if (view_open(path, &v, e) < 0 || view_layer(&v, &told, e) < 0 ||
		count_packages(&v, &packages, e) < 0)
		return -1;
	tag = view_annotation(&v, OCI_KEY("ref.name"));
	snprintf(path, sizeof(path), "%s:%.*s", name, STR_ARG(tag));
	say_size((uint64_t)node_whole(node_get(v.layer, "size"), 0), size);
	printf("%-26s %9s %6zu %9zu  %-*.*s  %s\n", path, size, files, packages,
		(int)SHORT_DIGEST,
		is_full ? (int)OCI_DIGEST_BYTES : (int)SHORT_DIGEST,
		view_digest(v.image), access(sbom, R_OK) == 0 ? sbom : "-");
	return 0;
}

static int order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Is there a layout of this name? Hidden ones are unfinished. */
static bool is_layout(const char *dir, const char *name)
{
	char path[LAYOUT_PATH_BYTES];
	int n = snprintf(path, sizeof(path), "%s/%s/index.json", dir, name);

	return name[0] != '.' && n > 0 && (size_t)n < sizeof(path) &&
	       access(path, R_OK) == 0;
}

static int read_names(const char *dir, struct arena *a, const char **names,
	size_t *n, struct err *e)
{
	DIR *d = opendir(dir);

	if (!d)
		return err_sys(e, "%s", dir);

	for (struct dirent *x; *n < LIST_MAX && (x = readdir(d));)
		if (is_layout(dir, x->d_name))
			names[(*n)++] = arena_copy(a, str_of(x->d_name));
	closedir(d);
	qsort(names, *n, sizeof(*names), order);
	return 0;
}

static int list(const char *dir, struct arena *a, struct err *e)
{
	const char *names[LIST_MAX];
	size_t n = 0;

	if (read_names(dir, a, names, &n, e) < 0)
		return -1;
	if (!n)
		return err_kind(e, ERR_ABSENT, "no images in %s", dir);
	printf("%-26s %9s %6s %9s  %-*s  %s\n", "IMAGE", "SIZE", "FILES",
		"PACKAGES", (int)SHORT_DIGEST, "DIGEST", "SBOM");
	for (size_t i = 0; i < n; i++)
		if (say_row(dir, names[i], e) < 0)
			return -1;
	return 0;
}

int list_main(size_t n, const char *const *operands)
{
	struct arena a = arena_make(LIST_MAX * LIST_ROW_BYTES * 4);
	struct err e = {0};
	int r = list(n ? operands[0] : "dist", &a, &e);

	arena_free(&a);
	if (r == 0)
		return 0;
	fprintf(stderr, "keelson: %s\n", e.text);
	return err_exit(&e);
}
