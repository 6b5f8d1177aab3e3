/*
 * copy - directories are worked off one after the other; of each, the names
 * are read first, in the order in which the file system gives them.
 */
#include "images/reproduce/copy.h"

#include "lib/base/arena.h"
#include "lib/base/dir.h"
#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_ARENA_BYTES ((size_t)256 << 20)
#define COPY_OLD_TIME    981166446 /* 2001-02-03T02:14:06Z */
#define COPY_CHUNK       ((size_t)1 << 30)

struct names {
	const char **list;
	size_t n, room;
};

struct copy {
	const struct copy_request *r;
	struct arena arena;
	struct names dirs; /* relative, "" for the top */
};

static int names_add(
	struct arena *a, struct names *s, const char *name, struct err *e)
{
	const char **list =
		arena_grow(a, s->list, s->n, &s->room, sizeof(*list));

	if (!list || !(name = arena_copy(a, str_of(name))))
		return err_kind(e, ERR_LIMIT, "too many files");
	s->list = list;
	list[s->n++] = name;
	return 0;
}

static int names_read(
	struct arena *a, const char *dir, struct names *out, struct err *e)
{
	DIR *d = opendir(dir);
	const struct dirent *x;
	int more;

	if (!d)
		return err_sys(e, "%s", dir);
	while ((more = dir_next(d, &x, e)) > 0)
		if (names_add(a, out, x->d_name, e) < 0) {
			more = -1;
			break;
		}
	closedir(d);
	return more < 0 ? err_at(e, "%s", dir) : 0;
}

static int join(char out[COPY_PATH_BYTES], const char *dir, const char *name,
	struct err *e)
{
	int n = snprintf(out, COPY_PATH_BYTES, "%s%s%s", dir,
		*dir && *name ? "/" : "", name);

	return n < 0 || n >= COPY_PATH_BYTES
		       ? err_kind(e, ERR_LIMIT, "%s: path too long", dir)
		       : 0;
}

/* ---- what is wanted --------------------------------------------------- */

/* The first of the sorted paths that is not below `path`. */
static size_t lower_bound(const struct copy_request *r, const char *path)
{
	size_t low = 0, high = r->n_only;

	while (low < high) {
		size_t at = low + (high - low) / 2;

		if (strcmp(r->only[at], path) < 0)
			low = at + 1;
		else
			high = at;
	}
	return low;
}

static bool is_wanted(
	const struct copy_request *r, const char *path, bool is_directory)
{
	char below[COPY_PATH_BYTES + 1];
	size_t at;

	for (size_t i = 0; i < r->n_skip; i++)
		if (strcmp(r->skip[i], path) == 0)
			return false;
	if (!r->only)
		return true;
	snprintf(below, sizeof(below), "%s%s", path, is_directory ? "/" : "");
	at = lower_bound(r, below);
	if (at == r->n_only)
		return false;
	return is_directory ? strncmp(r->only[at], below, strlen(below)) == 0
			    : strcmp(r->only[at], below) == 0;
}

/* ---- one file --------------------------------------------------------- */

static int copy_bytes(const struct copy *c, const char *from, const char *to,
	const struct stat *st, struct err *e)
{
	AUTO_FD int in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	AUTO_FD int out = -1;
	const struct timespec old[2] = {
		{.tv_sec = COPY_OLD_TIME}, {.tv_sec = COPY_OLD_TIME}};
	ssize_t n;

	if (in < 0)
		return err_sys(e, "%s", from);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		(st->st_mode & 0777) | 0600);
	if (out < 0)
		return err_sys(e, "%s", to);
	while ((n = sendfile(out, in, NULL, COPY_CHUNK)) != 0)
		if (n < 0 && errno != EINTR)
			return err_sys(e, "copy %s", from);
	return c->r->has_old_times && futimens(out, old) < 0
		       ? err_sys(e, "%s", to)
		       : 0;
}

static int copy_link(const char *from, const char *to, struct err *e)
{
	char target[COPY_PATH_BYTES];
	ssize_t n = readlink(from, target, sizeof(target) - 1);

	if (n < 0)
		return err_sys(e, "%s", from);
	target[n] = '\0';
	return symlink(target, to) < 0 ? err_sys(e, "%s", to) : 0;
}

/* @path  below both trees */
static int copy_one(struct copy *c, const char *path, struct err *e)
{
	char from[COPY_PATH_BYTES], to[COPY_PATH_BYTES];
	struct stat st;

	if (join(from, c->r->from, path, e) < 0 ||
		join(to, c->r->to, path, e) < 0)
		return -1;
	if (lstat(from, &st) < 0)
		return err_sys(e, "%s", from);
	if (!is_wanted(c->r, path, S_ISDIR(st.st_mode)))
		return 0;
	if (S_ISREG(st.st_mode))
		return copy_bytes(c, from, to, &st, e);
	if (S_ISLNK(st.st_mode))
		return copy_link(from, to, e);
	if (!S_ISDIR(st.st_mode))
		return 0;
	if (mkdir(to, (st.st_mode & 0777) | 0700) < 0)
		return err_sys(e, "%s", to);
	return names_add(&c->arena, &c->dirs, path, e);
}

/* Made in the order in which they are to be named, or the other way round. */
static int copy_directory(struct copy *c, const char *dir, struct err *e)
{
	char from[COPY_PATH_BYTES], path[COPY_PATH_BYTES];
	bool is_forward =
		(c->r->order == COPY_ORDER_NEWEST) != c->r->keeps_order;
	struct names in = {0};

	if (join(from, c->r->from, dir, e) < 0 ||
		names_read(&c->arena, from, &in, e) < 0)
		return -1;
	for (size_t i = 0; i < in.n; i++) {
		size_t at = is_forward ? i : in.n - 1 - i;

		if (join(path, dir, in.list[at], e) < 0 ||
			copy_one(c, path, e) < 0)
			return -1;
	}
	return 0;
}

int copy_tree(const struct copy_request *r, struct err *e)
{
	struct copy c = {.r = r, .arena = arena_make(COPY_ARENA_BYTES)};
	int done = dir_make(r->to, 0777, e);

	if (done == 0)
		done = names_add(&c.arena, &c.dirs, "", e);
	for (size_t i = 0; done == 0 && i < c.dirs.n; i++)
		done = copy_directory(&c, c.dirs.list[i], e);
	arena_free(&c.arena);
	return done;
}

/* ---- the order of a file system --------------------------------------- */

/* Make two files, this one first: is it also named first? */
static int probe_first(
	const char *dir, const char *first, bool *is_first, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make((size_t)1 << 16);
	const char *second = *first == 'a' ? "b" : "a";
	char one[COPY_PATH_BYTES], two[COPY_PATH_BYTES];
	struct names in = {0};
	int done = -1;

	if (join(one, dir, first, e) < 0 || join(two, dir, second, e) < 0)
		return -1;
	if (mkdir(dir, 0700) < 0)
		return err_sys(e, "%s", dir);
	if (mkdir(one, 0700) < 0 || mkdir(two, 0700) < 0)
		err_sys(e, "%s", dir);
	else
		done = names_read(&a, dir, &in, e);
	*is_first = in.n == 2 && strcmp(in.list[0], first) == 0;
	rmdir(one);
	rmdir(two);
	rmdir(dir);
	return done;
}

int copy_order_of(const char *dir, enum copy_order *out, struct err *e)
{
	char probe[COPY_PATH_BYTES];
	bool a = false, b = false;

	if (join(probe, dir, "probe", e) < 0 ||
		probe_first(probe, "a", &a, e) < 0 ||
		probe_first(probe, "b", &b, e) < 0)
		return -1;
	*out = a && b     ? COPY_ORDER_OLDEST
	       : !a && !b ? COPY_ORDER_NEWEST
			  : COPY_ORDER_OWN;
	return 0;
}
