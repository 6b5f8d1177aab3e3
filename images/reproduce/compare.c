/*
 * compare - the names in `out`, one after the other; of an image that differs,
 * its files; of a program that differs, the steps that made it.
 */
#include "images/reproduce/compare.h"

#include "images/read/difference.h"
#include "images/reproduce/cause.h"
#include "images/reproduce/closer.h"
#include "lib/arc/sha256.h"
#include "lib/base/dir.h"
#include "lib/base/shown.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COMPARE_NAMES_BYTES ((size_t)128 << 20)
#define COMPARE_PATH_BYTES  2048
#define COMPARE_FILES_MAX   4096

static int path_of(char out[COMPARE_PATH_BYTES], const char *dir,
	const char *name, const char *more, struct err *e)
{
	int n = snprintf(out, COMPARE_PATH_BYTES, "%s/%s%s", dir, name, more);

	return n < 0 || n >= COMPARE_PATH_BYTES
		       ? err_kind(e, ERR_LIMIT, "%s: path too long", dir)
		       : 0;
}

static bool is_layout(const char *dir, const char *name)
{
	char path[COMPARE_PATH_BYTES];

	return path_of(path, dir, name, "/index.json", NULL) == 0 &&
	       access(path, F_OK) == 0;
}

/* ---- programs --------------------------------------------------------- */

/* A program with this digest in the directory. */
static bool find_program(const struct compare_build *b, const char *sha256,
	char path[COMPARE_PATH_BYTES])
{
	DIR *d = b->evidence ? opendir(b->programs) : NULL;
	const struct dirent *x;
	char hex[SHA256_HEX + 1];
	bool found = false;

	while (d && !found && dir_next(d, &x, NULL) > 0)
		found = path_of(path, b->programs, x->d_name, "", NULL) == 0 &&
			sha256_file(path, hex, NULL, NULL) == 0 &&
			strcmp(hex, sha256) == 0;
	if (d)
		closedir(d);
	return found;
}

static int say_causes(struct compare *c, const struct listed *x,
	const struct listed *y, struct err *e)
{
	char first[COMPARE_PATH_BYTES], second[COMPARE_PATH_BYTES];
	struct cause_program a = {c->first.evidence, first, str_of(x->sha256)};
	struct cause_program b = {
		c->second.evidence, second, str_of(y->sha256)};

	if (!find_program(&c->first, x->sha256, first) ||
		!find_program(&c->second, y->sha256, second))
		return 0;
	return cause_say(&a, &b, c->said, e);
}

/* ---- images ----------------------------------------------------------- */

struct content {
	struct compare *c;
	const struct difference *d;
};

static int on_content(void *context, const struct listed *x,
	const struct listed *y, struct err *e)
{
	struct content *k = context;

	if (say_causes(k->c, x, y, e) < 0)
		return -1;
	if (!k->c->report)
		return 0;
	return closer_look(&(struct closer){k->d->ours, k->d->theirs, x->path,
				   k->c->work, k->c->report},
		e);
}

static int say_image(
	struct compare *c, struct view *x, struct view *y, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(COMPARE_NAMES_BYTES);
	struct difference d = {.ours = x,
		.theirs = y,
		.arena = &a,
		.said = c->said,
		.on_content = on_content};
	struct content k = {c, &d};

	d.context = &k;
	buf_fmt(c->said, "  %s is %s, and %s the second time:\n", x->path,
		view_digest(x->image), view_digest(y->image));
	if (strcmp(view_digest(x->layer), view_digest(y->layer)) != 0)
		buf_fmt(c->said, "    layer %s and %s\n", view_digest(x->layer),
			view_digest(y->layer));
	return difference_say(&d, e);
}

static int compare_views(struct compare *c, struct compare_image *image,
	const char *first, const char *second, struct err *e)
{
	AUTO_VIEW struct view x = {0};
	AUTO_VIEW struct view y = {0};

	if (view_open(first, &x, e) < 0)
		return -1;
	snprintf(image->digest, sizeof(image->digest), "%s",
		view_digest(x.image));
	if (access(second, F_OK) < 0) {
		buf_fmt(c->said, "  %s: not built the second time\n", first);
		return 0;
	}
	if (view_open(second, &y, e) < 0)
		return -1;
	image->is_same = !strcmp(image->digest, view_digest(y.image));
	return image->is_same ? 0 : say_image(c, &x, &y, e);
}

static int compare_image(struct compare *c, const char *name, struct err *e)
{
	char first[COMPARE_PATH_BYTES], second[COMPARE_PATH_BYTES];
	struct compare_image *image = &c->images[c->n_images];

	if (c->n_images == COMPARE_IMAGES_MAX ||
		str_copy(str_of(name), image->name, sizeof(image->name)) < 0)
		return err_kind(
			e, ERR_LIMIT, "%s: too many images", c->first.out);
	if (path_of(first, c->first.out, name, "", e) < 0 ||
		path_of(second, c->second.out, name, "", e) < 0 ||
		compare_views(c, image, first, second, e) < 0)
		return -1;
	c->n_images++;
	c->n_differences += !image->is_same;
	return 0;
}

/* ---- other files ------------------------------------------------------ */

/* Beside sources it may be of an earlier build, or of none. */
static void say_missing(struct compare *c, const char *first)
{
	buf_fmt(c->said, "  %s: not built the second time%s\n", first,
		c->is_first_clean ? "" : ": not compared");
	c->n_differences += c->is_first_clean;
}

static int compare_contents(
	struct compare *c, const char *first, const char *second, struct err *e)
{
	char x[SHA256_HEX + 1], y[SHA256_HEX + 1];

	if (sha256_file(first, x, NULL, e) < 0 ||
		sha256_file(second, y, NULL, e) < 0)
		return -1;
	if (strcmp(x, y) == 0)
		return 0;
	c->n_differences++;
	buf_fmt(c->said, "  %s: other content\n", first);
	return 0;
}

static int compare_file(struct compare *c, const char *name, struct err *e)
{
	char first[COMPARE_PATH_BYTES], second[COMPARE_PATH_BYTES];
	struct stat st;

	if (path_of(first, c->first.out, name, "", e) < 0 ||
		path_of(second, c->second.out, name, "", e) < 0)
		return -1;
	if (stat(first, &st) < 0 || !S_ISREG(st.st_mode)) {
		buf_fmt(c->said,
			"  %s: neither an image nor a file: not compared\n",
			first);
		return 0;
	}
	if (access(second, F_OK) == 0)
		return compare_contents(c, first, second, e);
	say_missing(c, first);
	return 0;
}

static int order_outputs(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted, in the arena. */
static int read_names(const char *dir, struct arena *a, const char ***list,
	size_t *n, struct err *e)
{
	DIR *d = opendir(dir);
	const struct dirent *x;
	int more = 1;

	if (!d)
		return err_sys(e, "%s", dir);
	*list = arena_alloc(a, COMPARE_FILES_MAX * sizeof(**list));
	*n = 0;
	while (*list && (more = dir_next(d, &x, e)) > 0 &&
		*n < COMPARE_FILES_MAX)
		(*list)[(*n)++] = arena_copy(a, str_of(x->d_name));
	closedir(d);
	if (!*list || more != 0 || a->is_over)
		return err_kind(e, ERR_LIMIT, "%s: too many files", dir);
	qsort(*list, *n, sizeof(**list), order_outputs);
	return 0;
}

int compare_builds(struct compare *c, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make((size_t)4 << 20);
	const char **list;
	size_t n;

	if (read_names(c->first.out, &a, &list, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if ((is_layout(c->first.out, list[i])
				    ? compare_image(c, list[i], e)
				    : compare_file(c, list[i], e)) < 0)
			return -1;
	if (read_names(c->second.out, &a, &list, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (!is_layout(c->second.out, list[i]) ||
			is_layout(c->first.out, list[i]))
			continue;
		c->n_differences++;
		buf_fmt(c->said, "  %s: built the second time only\n", list[i]);
	}
	return c->n_images ? 0
			   : err_kind(e, ERR_ABSENT,
				     "%s: no image in it; build first, or say "
				     "--twice",
				     c->first.out);
}
