/*
 * build_project - `keelson build [NAME...]`: the images of the project that the
 * working directory lies in.
 *
 * A definition is a file NAME.yaml with the key `name`; those without it are
 * parts that others include.
 */
#include "images/cmd/build.h"
#include "images/cmd/commands.h"
#include "images/project/enter.h"
#include "images/project/project.h"
#include "lib/base/dir.h"
#include "rootfs/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUILD_IMAGES_MAX  256
#define BUILD_PATH_BYTES  1024
#define BUILD_ARENA_BYTES ((size_t)16 << 20)

/* A list of definitions, in the arena. */
struct definitions {
	struct arena *arena;
	const char *path[BUILD_IMAGES_MAX];
	size_t n;
};

static int add_definition(struct definitions *d, const char *dir,
	struct str name, const char *suffix, struct err *e)
{
	char path[BUILD_PATH_BYTES];
	int n = snprintf(
		path, sizeof(path), "%s/%.*s%s", dir, STR_ARG(name), suffix);

	if (n < 0 || (size_t)n >= sizeof(path) || d->n == BUILD_IMAGES_MAX)
		return err_kind(e, ERR_LIMIT,
			"%s: too many images, or a name "
			"too long",
			dir);
	d->path[d->n] = arena_copy(d->arena, str_of(path));
	return d->path[d->n++] ? 0 : err_kind(e, ERR_LIMIT, "out of memory");
}

static int order_paths(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Keep those that have a name. */
static int drop_parts(struct definitions *d, struct err *e)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->n; i++) {
		const struct node *doc;

		if (form_read(d->path[i], d->arena, &doc, e) < 0)
			return -1;
		if (node_get(doc, "name"))
			d->path[kept++] = d->path[i];
	}
	d->n = kept;
	return 0;
}

static int find_definitions(
	struct definitions *d, const char *in, struct err *e)
{
	const struct dirent *x;
	DIR *dir = opendir(in);
	int more, done = 0;

	if (!dir)
		return err_sys(e, "%s", in);
	while (done == 0 && (more = dir_next(dir, &x, e)) != 0) {
		struct str name = str_of(more < 0 ? "" : x->d_name);

		if (more < 0)
			done = -1;
		else if (str_has_suffix(name, STR(".yaml")) && *name.p != '.')
			done = add_definition(d, in, name, "", e);
	}
	closedir(dir);
	if (done < 0)
		return -1;
	qsort(d->path, d->n, sizeof(*d->path), order_paths);
	if (drop_parts(d, e) < 0)
		return -1;
	return d->n ? 0
		    : err_kind(e, ERR_ABSENT, "%s: no definition in it", in);
}

static int build_project(size_t n, const char *const *names, struct err *e)
{
	AUTO_ARENA struct arena arena = arena_make(BUILD_ARENA_BYTES);
	AUTO_PROJECT struct project project = {0};
	struct definitions d = {.arena = &arena};

	if (project_enter(e) < 0 || project_read(".", &project, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (add_definition(&d, project.at.images, str_of(names[i]),
			    ".yaml", e) < 0)
			return -1;
	if (!n && find_definitions(&d, project.at.images, e) < 0)
		return -1;
	return build_images(d.n, d.path, e);
}

static int build_project_run(size_t n, const char *const *operands)
{
	struct err e = {0};

	return build_project(n, operands, &e) < 0 ? command_failure(&e) : 0;
}

const struct args_command command_build_project = {
	.name = "build",
	.operands = "[NAME...]",
	.summary = "Build the images of a project",
	.text = "Of the project that the working directory lies in: the "
		"nearest keelson.yaml here or above says where its parts are. "
		"Without NAME all images are built. Paths of options start "
		"from the project's directory.",
	.options = build_options,
	.max_operands = SIZE_MAX,
	.run = build_project_run,
};
