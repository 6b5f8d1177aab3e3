/* release_list - directories are a queue; no recursion. */
#include "images/release/release_list.h"

#include "lib/base/dir.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIST_PATH_BYTES 2048

int release_list_add(struct release_list *l, struct str path,
	const char *sha256, struct err *e)
{
	struct release_file *files;

	if (l->n == RELEASE_FILES_MAX)
		return err_kind(
			e, ERR_LIMIT, "more than %d files", RELEASE_FILES_MAX);
	files = arena_grow(l->arena, l->files, l->n, &l->room, sizeof(*files));
	if (!files)
		return err_kind(e, ERR_LIMIT, "out of memory");
	l->files = files;
	files[l->n].path = (struct str){arena_copy(l->arena, path), path.n};
	snprintf(files[l->n].sha256, sizeof(files->sha256), "%s", sha256);
	return files[l->n++].path.p ? 0
				    : err_kind(e, ERR_LIMIT, "out of memory");
}

static int order_files(const void *a, const void *b)
{
	const struct release_file *x = a, *y = b;

	return str_cmp(x->path, y->path);
}

int release_list_sort(struct release_list *l, struct err *e)
{
	if (l->n)
		qsort(l->files, l->n, sizeof(*l->files), order_files);
	for (size_t i = 1; i < l->n; i++)
		if (str_eq(l->files[i - 1].path, l->files[i].path))
			return err_kind(e, ERR_INPUT, "%s is listed twice",
				l->files[i].path.p);
	return 0;
}

const struct release_file *release_list_find(
	const struct release_list *l, struct str path)
{
	const struct release_file key = {.path = path};

	return l->n ? bsearch(&key, l->files, l->n, sizeof(key), order_files)
		    : NULL;
}

/* ---- a directory ------------------------------------------------------ */

/* Digests are written into `sha256` later; a directory has an empty one. */
struct walk {
	const char *dir;
	struct release_list *files;
	struct release_list dirs;
};

/* Printed, and written on lines of their own. */
static bool is_plain_name(const char *name)
{
	for (const char *p = name; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f || *p == '\\')
			return false;
	return true;
}

static int walk_one(
	struct walk *w, struct str below, const char *name, struct err *e)
{
	char path[LIST_PATH_BYTES], whole[LIST_PATH_BYTES];
	char hex[SHA256_HEX + 1];
	struct stat st;
	int n = snprintf(path, sizeof(path), "%.*s%s%s", STR_ARG(below),
		below.n ? "/" : "", name);
	int k = snprintf(whole, sizeof(whole), "%s/%s", w->dir, path);

	if (n < 0 || k < 0 || (size_t)k >= sizeof(whole) ||
		(size_t)n >= sizeof(path))
		return err_kind(e, ERR_LIMIT, "%s: path too long", w->dir);
	if (!is_plain_name(name))
		return err_kind(e, ERR_INPUT,
			"%.*s: a file in it has a name with blanks, "
			"backslashes or control characters",
			STR_ARG(below.n ? below : str_of(w->dir)));
	if (lstat(whole, &st) < 0)
		return err_sys(e, "%s", whole);
	if (S_ISDIR(st.st_mode))
		return release_list_add(&w->dirs, str_of(path), "", e);
	if (!S_ISREG(st.st_mode))
		return err_kind(e, ERR_INPUT,
			"%s: neither a file nor a directory", whole);
	if (sha256_file(whole, hex, NULL, e) < 0)
		return -1;
	return release_list_add(w->files, str_of(path), hex, e);
}

static int walk_directory(struct walk *w, struct str below, struct err *e)
{
	char path[LIST_PATH_BYTES];
	const struct dirent *x;
	DIR *d;
	int more;

	snprintf(path, sizeof(path), "%s/%.*s", w->dir, STR_ARG(below));
	d = opendir(path);
	if (!d)
		return err_sys(e, "%s", path);
	while ((more = dir_next(d, &x, e)) > 0)
		if (walk_one(w, below, x->d_name, e) < 0) {
			more = -1;
			break;
		}
	closedir(d);
	return more;
}

int release_list_read(const char *dir, struct release_list *l, struct err *e)
{
	struct walk w = {.dir = dir, .files = l, .dirs = {.arena = l->arena}};

	if (walk_directory(&w, STR(""), e) < 0)
		return -1;
	for (size_t i = 0; i < w.dirs.n; i++)
		if (walk_directory(&w, w.dirs.files[i].path, e) < 0)
			return -1;
	return release_list_sort(l, e);
}

void release_list_sums(const struct release_list *l, struct buf *out)
{
	for (size_t i = 0; i < l->n; i++)
		if (!str_is(l->files[i].path, RELEASE_SUMS) &&
			!str_is(l->files[i].path, RELEASE_STATEMENT))
			buf_fmt(out, "%s  %s\n", l->files[i].sha256,
				l->files[i].path.p);
}

/* ---- comparing -------------------------------------------------------- */

int release_list_compare(const struct release_list *stated,
	const struct release_list *found, struct err *e)
{
	for (size_t i = 0; i < found->n; i++) {
		const struct release_file *x = &found->files[i];
		const struct release_file *y =
			release_list_find(stated, x->path);

		if (str_is(x->path, RELEASE_STATEMENT))
			continue;
		if (!y)
			return err_kind(e, ERR_INPUT,
				"%s: not a file of this release", x->path.p);
		if (strcmp(x->sha256, y->sha256) != 0)
			return err_kind(e, ERR_INPUT,
				"%s: its sha256 is %s, not %s as signed",
				x->path.p, x->sha256, y->sha256);
	}
	for (size_t i = 0; i < stated->n; i++)
		if (!release_list_find(found, stated->files[i].path))
			return err_kind(e, ERR_INPUT, "%s: missing",
				stated->files[i].path.p);
	return 0;
}
