/*
 * recipe - `keelson recipe PACKAGE`: a draft of how a pinned source is built.
 */
#include "images/cmd/commands.h"
#include "images/cmd/fresh.h"
#include "images/draft/draft.h"
#include "images/fresh/apt.h"
#include "images/fresh/deb822.h"
#include "images/fresh/member.h"
#include "lib/base/fd.h"
#include "lib/base/shown.h"
#include "lib/base/whole.h"
#include "sbom/evidence/lock.h"

#include <string.h>
#include <unistd.h>

#define RECIPE_PATH_BYTES  1024
#define RECIPE_ARENA_BYTES ((size_t)64 << 20)
#define RECIPE_BYTES       ((size_t)1 << 20)

static const char *recipe_output;
static bool recipe_is_bare;

static const struct args_option recipe_options[] = {
	{.name = "output",
		.letter = 'o',
		.type = ARGS_TEXT,
		.value = &recipe_output,
		.meta = "FILE",
		.help = "where it goes; recipes/PACKAGE unless given"},
	{.name = "bare",
		.type = ARGS_SWITCH,
		.value = &recipe_is_bare,
		.help = "the steps alone, as Keelson's own "
			"static-build/recipes "
			"have them"},
	{.name = NULL},
};

/* A pinned file, fetched when it is not there. 0 or -1. */
static int recipe_file(
	const struct lock_line *l, char path[RECIPE_PATH_BYTES], struct err *e)
{
	const struct offer_file f = {l->path, l->sha256, l->size};
	struct buf b = buf_fixed(path, RECIPE_PATH_BYTES);
	struct apt apt = {.keyring = fresh_trust()};
	int found;

	buf_fmt(&b, "%s/%.*s", fresh_sources(), STR_ARG(l->name));
	if (buf_cstr(&b), b.full)
		return err_kind(e, ERR_LIMIT, "SOURCES_DIR is too long");
	if (dir_make(fresh_sources(), 0755, e) < 0)
		return -1;
	found = access(path, R_OK) == 0 || apt_open(&apt, e) == 0
			? apt_file(&apt, &f, path, e)
			: -1;
	apt_close(&apt);
	if (found == 0)
		return err_kind(e, ERR_ABSENT, "%.*s: no mirror has it",
			STR_ARG(l->name));
	return found < 0 ? -1 : 0;
}

static bool recipe_says(
	const char *path, struct str top, struct str file, const char *word)
{
	AUTO_BUF struct buf text = buf_growing(MEMBER_BYTES);
	char name[RECIPE_PATH_BYTES];
	struct buf b = buf_fixed(name, sizeof(name));

	buf_fmt(&b, "%.*s/%.*s", STR_ARG(top), STR_ARG(file));
	if (buf_cstr(&b), b.full)
		return false;
	member_read(path, name, &text);
	return deb822_contains(buf_view(&text), word);
}

/* What the build system's own files say. */
static void recipe_look(struct draft *d, const char *path)
{
	const struct str configure = STR("configure");

	d->has_destdir = d->kind == DRAFT_MAKE &&
			 recipe_says(path, d->top, d->makefile, "DESTDIR");
	d->has_static = d->kind == DRAFT_CONFIGURE &&
			recipe_says(path, d->top, configure, "--static");
	d->has_no_shared =
		d->kind == DRAFT_AUTOCONF &&
		recipe_says(path, d->top, configure, "--enable-shared");
}

static struct str recipe_depends(const char *path, struct buf *control)
{
	struct str rest, paragraph;

	member_read(path, "*debian/control", control);
	rest = buf_view(control);
	if (!deb822_next(&rest, &paragraph))
		return (struct str){"", 0};
	return deb822_field(paragraph, "Build-Depends");
}

static int recipe_save(
	const struct draft *d, const struct buf *text, struct err *e)
{
	char path[RECIPE_PATH_BYTES];
	struct buf b = buf_fixed(path, sizeof(path));

	if (recipe_output != NULL)
		buf_text(&b, recipe_output);
	else
		buf_fmt(&b, "recipes/%.*s", STR_ARG(d->package));
	if (buf_cstr(&b), b.full)
		return err_kind(e, ERR_LIMIT, "the path is too long");
	if (access(path, F_OK) == 0)
		return err_kind(e, ERR_BUSY,
			"%s exists already; --output writes another file",
			path);
	if (recipe_output == NULL && dir_make("recipes", 0755, e) < 0)
		return -1;
	if (file_write(path, buf_view(text), 0755, e) < 0)
		return -1;
	shown_line(stdout, "%s: builds %.*s with %s", path, STR_ARG(d->package),
		draft_kind_name(d->kind));
	if (deb822_contains(buf_view(text), "fill in:"))
		shown_line(stdout, "it has steps to fill in: look for `fill "
				   "in' in it");
	return 0;
}

static int recipe_draft(const struct lock *lock, const struct project *p,
	const char *package, struct err *e)
{
	const struct lock_line *l = lock_main(lock, str_of(package));
	const struct lock_line *debian = lock_patches(lock, str_of(package));
	AUTO_BUF struct buf names = buf_growing(MEMBER_BYTES);
	AUTO_BUF struct buf control = buf_growing(MEMBER_BYTES);
	AUTO_BUF struct buf out = buf_growing(RECIPE_BYTES);
	struct draft d = {.package = str_of(package), .lock = p->at.lock};
	char path[RECIPE_PATH_BYTES], patches[RECIPE_PATH_BYTES];

	if (l == NULL || l->role != LOCK_SOURCE)
		return err_kind(e, ERR_ABSENT,
			"%s: the lock pins no source of it; `keelson "
			"add-source %s` does",
			package, package);
	if (strchr(d.lock, '\'') != NULL)
		return err_kind(e, ERR_INPUT,
			"%s: a recipe cannot name a lock with a quote in its "
			"path; rename it",
			d.lock);
	if (recipe_file(l, path, e) < 0 || member_list(path, &names, e) < 0 ||
		(debian != NULL && recipe_file(debian, patches, e) < 0))
		return -1;
	draft_look(&d, buf_view(&names));
	recipe_look(&d, path);
	d.depends = recipe_depends(debian ? patches : path, &control);
	if (recipe_is_bare)
		draft_write_bare(&d, &out);
	else
		draft_write(&d, &out);
	if (whole_check(&out, "the recipe", e) < 0)
		return -1;
	return recipe_save(&d, &out, e);
}

static int recipe_run(size_t n, const char *const *operands)
{
	AUTO_PROJECT struct project project = {0};
	AUTO_BUF struct buf text = buf_growing(FRESH_LOCK_BYTES);
	AUTO_ARENA struct arena arena = arena_make(RECIPE_ARENA_BYTES);
	struct lock lock = {0};
	struct err e = {0};
	int rc = fresh_open(&project, &text, &e);

	(void)n;
	if (rc == 0)
		rc = lock_parse(buf_view(&text), &arena, &lock, &e);
	if (rc == 0)
		rc = recipe_draft(&lock, &project, operands[0], &e);
	return rc < 0 ? command_failure(&e) : 0;
}

const struct args_command command_recipe = {
	.name = "recipe",
	.operands = "PACKAGE",
	.summary = "Draft how a pinned source is built",
	.text = "Looks into the tarball for the build system (autoconf, a "
		"configure script, CMake, Meson, make) and writes a shell "
		"script for `keelson record`. What it cannot know is a step "
		"that says what to fill in.",
	.options = recipe_options,
	.min_operands = 1,
	.max_operands = 1,
	.run = recipe_run,
};
