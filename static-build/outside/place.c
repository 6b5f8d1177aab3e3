/*
 * place - resolve directories; refuse blanks in the path of the evidence.
 *
 * Compilers take the name of their dependency file, and make its shell, from
 * variables that end at a blank.
 */
#include "static-build/outside/place.h"

#include "lib/base/buf.h"
#include "lib/base/fd.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int place_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the recording");
}

const char *place_path(
	struct arena *a, const char *dir, const char *name, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(PATH_MAX);
	const char *path = NULL;

	buf_fmt(&b, "%s/%s", dir, name);
	if (!b.full)
		path = arena_copy(a, buf_view(&b));
	if (path == NULL)
		err_kind(e, ERR_LIMIT, "%s/%s: path is too long", dir, name);
	return path;
}

static int place_real(
	struct arena *a, const char *path, const char **out, struct err *e)
{
	char *real = realpath(path, NULL); /* heap */

	if (real == NULL)
		return err_sys(e, "%s", path);
	*out = arena_copy(a, str_of(real));
	free(real);
	return *out == NULL ? place_no_memory(e) : 0;
}

static bool place_has(struct arena *a, const char *dir, const char *name)
{
	const char *path = place_path(a, dir, name, NULL);

	return path != NULL && access(path, F_OK) == 0;
}

/* The nearest directory upwards that is the top of a source, else this. */
static int place_find_root(struct place *p, struct err *e)
{
	char *dir; /* in the arena */

	if (place_real(p->arena, ".", &p->root, e) < 0)
		return -1;
	dir = arena_copy(p->arena, str_of(p->root));
	if (dir == NULL)
		return place_no_memory(e);
	for (size_t n = strlen(dir); n > 1;) {
		if (place_has(p->arena, dir, ".git") ||
			place_has(p->arena, dir, "debian/changelog")) {
			p->root = dir;
			return 0;
		}
		while (n > 1 && dir[n - 1] != '/')
			n--;
		dir[n > 1 ? --n : n] = '\0';
	}
	return 0;
}

static int place_make(
	struct place *p, const char *name, const char **out, struct err *e)
{
	*out = place_path(p->arena, p->dir, name, e);
	return *out == NULL ? -1 : dir_make(*out, 0755, e);
}

/* Git shall not see the evidence in a checkout. */
static int place_hide(const struct place *p, struct err *e)
{
	const char *path = place_path(p->arena, p->dir, ".gitignore", e);

	return path == NULL ? -1 : file_write(path, STR("*\n"), 0644, e);
}

int place_find(const char *dir, const char *root, struct arena *a,
	struct place *out, struct err *e)
{
	struct place p = {.arena = a};
	const char *shell;

	if (dir_make(dir, 0755, e) < 0 || place_real(a, dir, &p.dir, e) < 0)
		return -1;
	if (strpbrk(p.dir, " \t\n'\"$#") != NULL)
		return err_set(e,
			"%s: blanks or quotes in its path; choose another "
			"directory with -o",
			p.dir);
	if ((root == NULL ? place_find_root(&p, e)
			  : place_real(a, root, &p.root, e)) < 0 ||
		place_make(&p, "build", &p.room, e) < 0 ||
		place_make(&p, "bin", &p.bin, e) < 0 ||
		place_make(&p, "shell", &shell, e) < 0 ||
		place_real(a, "/proc/self/exe", &p.self, e) < 0 ||
		place_hide(&p, e) < 0)
		return -1;
	*out = p;
	return 0;
}
