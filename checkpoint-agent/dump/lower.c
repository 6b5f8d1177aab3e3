/*
 * lower - read the directory in each layer from the top down, as overlayfs
 * merges them (kernel: filesystems/overlayfs.rst).
 *
 * What is no directory in one layer, a whiteout or a link for instance, hides
 * everything below it in deeper layers, and so does an opaque directory.
 * Names are collected with the number of their layer and sorted; the topmost
 * of each name decides, and a whiteout means that there is none.
 */
#include "checkpoint-agent/dump/lower.h"

#include "checkpoint-agent/node/hostfs.h"
#include "lib/base/dir.h"
#include "lib/base/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

struct entry {
	const char *name;
	size_t layer;
	bool is_whiteout;
};

struct listing {
	struct arena *arena;
	struct entry *entry;
	size_t n, room;
	bool has_dir;
	bool is_closed; /* deeper layers are hidden */
};

void lower_start(struct lower *l, int host_root, const struct overlay *layers)
{
	l->layers = layers;
	l->host_root = host_root;
	for (size_t i = 0; i < OVERLAY_LOWER_MAX; i++)
		l->fd[i] = -1;
}

void lower_stop(struct lower *l)
{
	for (size_t i = 0; i < OVERLAY_LOWER_MAX; i++)
		fd_close(&l->fd[i]);
}

static int open_layer(struct lower *l, size_t i, struct err *e)
{
	if (l->fd[i] >= 0)
		return 0;
	if (hostfs_open(l->host_root, l->layers->lower[i], O_PATH | O_DIRECTORY,
		    &l->fd[i], e) < 0)
		return err_at(e, "lower layer");
	return 0;
}

static bool is_opaque(const struct lower *l, int fd)
{
	return overlay_has_mark(l->layers, fd, "opaque", 'y');
}

/* Go down by one component. 1, or 0: this layer does not have it. */
static int step(struct listing *all, const struct lower *l, int *at,
	const char *name, struct err *e)
{
	int fd = openat(
		*at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 && errno == ENOTDIR) {
		all->is_closed = true;
		return 0;
	}
	if (fd < 0)
		return err_sys(e, "lower layer: %s", name);
	fd_close(at);
	*at = fd;
	all->is_closed |= is_opaque(l, fd);
	return 1;
}

static int walk(struct listing *all, const struct lower *l, int *at,
	struct str path, struct err *e)
{
	struct str part;
	char name[NAME_MAX + 1];
	int there = 1;

	while (there == 1 && path.n && str_cut(&path, '/', &part)) {
		if (str_copy(part, name, sizeof(name)) < 0)
			return err_kind(e, ERR_LIMIT, "name too long");
		there = step(all, l, at, name, e);
	}
	return there;
}

/* The mark "x" on a directory says that files in it may be whiteouts. */
static bool hides_name(
	const struct lower *l, int dir, const struct dirent *d, bool has_files)
{
	struct stat st;
	AUTO_FD int fd = -1;

	if (d->d_type == DT_CHR || d->d_type == DT_UNKNOWN)
		if (fstatat(dir, d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			S_ISCHR(st.st_mode))
			return st.st_rdev == makedev(0, 0);
	if (!has_files || d->d_type == DT_DIR)
		return false;
	fd = openat(dir, d->d_name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return fd >= 0 && overlay_has_mark(l->layers, fd, "whiteout", '\0');
}

static int add_entry(struct listing *all, const struct entry *x, struct err *e)
{
	all->entry = arena_grow(
		all->arena, all->entry, all->n, &all->room, sizeof(*x));
	if (!all->entry || !x->name)
		return err_kind(e, ERR_LIMIT, "lower layers: too many files");
	all->entry[all->n++] = *x;
	return 0;
}

static int read_names(struct listing *all, const struct lower *l, DIR *d,
	size_t layer, struct err *e)
{
	bool has_files = overlay_has_mark(l->layers, dirfd(d), "opaque", 'x');
	const struct dirent *got;
	int more;

	while ((more = dir_next(d, &got, e)) > 0) {
		struct entry x = {.layer = layer};

		x.is_whiteout = hides_name(l, dirfd(d), got, has_files);
		x.name = arena_copy(all->arena, str_of(got->d_name));
		if (add_entry(all, &x, e) < 0)
			return -1;
	}
	return more;
}

static int read_layer(struct listing *all, struct lower *l, size_t i,
	const char *path, struct err *e)
{
	AUTO_FD int at = -1;
	DIR *d;
	int rc;

	if (open_layer(l, i, e) < 0)
		return -1;
	at = openat(l->fd[i], ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (at < 0)
		return err_sys(e, "%s", l->layers->lower[i]);
	rc = walk(all, l, &at, str_of(path), e);
	if (rc <= 0)
		return rc;
	all->has_dir = true;
	rc = openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	d = rc < 0 ? NULL : fdopendir(rc);
	if (!d) {
		fd_close(&rc);
		return err_sys(e, "%s/%s", l->layers->lower[i], path);
	}
	rc = read_names(all, l, d, i, e);
	closedir(d);
	return rc;
}

static int by_name(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order)
		return order;
	return x->layer < y->layer ? -1 : x->layer > y->layer;
}

static int choose(struct listing *all, struct lower_names *out, struct err *e)
{
	out->name = arena_alloc(all->arena, (all->n + 1) * sizeof(char *));
	if (!out->name)
		return err_kind(e, ERR_LIMIT, "lower layers: too many files");
	if (all->n)
		qsort(all->entry, all->n, sizeof(*all->entry), by_name);
	for (size_t i = 0; i < all->n; i++) {
		const struct entry *x = &all->entry[i];

		if (i && strcmp(x->name, all->entry[i - 1].name) == 0)
			continue;
		if (!x->is_whiteout)
			out->name[out->n++] = x->name;
	}
	return 0;
}

int lower_list(struct lower *l, const char *path, struct arena *a,
	struct lower_names *out, struct err *e)
{
	struct listing all = {.arena = a};

	*out = (struct lower_names){0};
	for (size_t i = 0; i < l->layers->lower_count && !all.is_closed; i++)
		if (read_layer(&all, l, i, path, e) < 0)
			return -1;
	out->has_dir = all.has_dir;
	return choose(&all, out, e);
}
