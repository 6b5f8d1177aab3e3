/*
 * walk - a list of directories still to be read, not recursion.
 */
#include "static-build/outside/walk.h"

#include "lib/base/buf.h"
#include "lib/base/dir.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { WALK_FILES_MAX = 1000000 };

struct walker {
	const struct place *place;
	struct walk files, dirs;
};

static int walk_add(struct walk *to, struct arena *a, struct str dir,
	const char *name, struct err *e)
{
	struct str *list =
		arena_grow(a, to->paths, to->n, &to->room, sizeof(*list));
	AUTO_BUF struct buf b = buf_growing(PATH_MAX);

	if (to->n == WALK_FILES_MAX)
		return err_kind(
			e, ERR_LIMIT, "more than %d files", WALK_FILES_MAX);
	buf_fmt(&b, "%.*s%s%s", STR_ARG(dir), dir.n > 0 ? "/" : "", name);
	if (list == NULL || b.full)
		return place_no_memory(e);
	to->paths = list;
	list[to->n] = (struct str){arena_copy(a, buf_view(&b)), b.n};
	return list[to->n++].p == NULL ? place_no_memory(e) : 0;
}

static int walk_entry(struct walker *w, int fd, struct str dir,
	const char *name, struct err *e)
{
	struct arena *a = w->place->arena;
	struct stat st;

	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0; /* gone meanwhile */
	if (S_ISREG(st.st_mode))
		return walk_add(&w->files, a, dir, name, e);
	if (S_ISDIR(st.st_mode) && strcmp(name, ".git") != 0)
		return walk_add(&w->dirs, a, dir, name, e);
	return 0;
}

static int walk_dir(struct walker *w, struct str dir, struct err *e)
{
	const char *path = place_path(
		w->place->arena, w->place->root, dir.n > 0 ? dir.p : ".", e);
	const struct dirent *entry;
	int more;
	DIR *d;

	if (path == NULL)
		return -1;
	if (strcmp(path, w->place->dir) == 0)
		return 0;
	d = opendir(path);
	if (d == NULL)
		return err_sys(e, "%s", path);
	while ((more = dir_next(d, &entry, e)) > 0)
		if (walk_entry(w, dirfd(d), dir, entry->d_name, e) < 0) {
			more = -1;
			break;
		}
	closedir(d);
	return more;
}

static int walk_order(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

int walk_make(const struct place *p, struct walk *out, struct err *e)
{
	struct walker w = {.place = p};

	if (walk_dir(&w, (struct str){0}, e) < 0)
		return -1;
	while (w.dirs.n > 0)
		if (walk_dir(&w, w.dirs.paths[--w.dirs.n], e) < 0)
			return -1;
	if (w.files.n > 1)
		qsort(w.files.paths, w.files.n, sizeof(struct str), walk_order);
	*out = w.files;
	return 0;
}
