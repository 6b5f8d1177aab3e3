/*
 * rootdiff - see rootdiff.h.
 *
 * Directories are visited from a list, parents before children and names in
 * order, so that equal trees give equal archives.  Overlayfs keeps notes in
 * extended attributes (kernel: filesystems/overlayfs.rst):
 *
 *   character device 0:0, or trusted.overlay.whiteout: deleted
 *   trusted.overlay.opaque "y": nothing shines through from below
 *   trusted.overlay.metacopy: only the metadata was copied up
 *   trusted.overlay.redirect: a directory that was renamed
 *
 * In the last two cases the content is read through the merged view.
 */
#include "checkpoint-agent/rootdiff.h"

#include "checkpoint-agent/pack.h"
#include "checkpoint-agent/resolve/hostfs.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#define MEMORY_MAX  (256u << 20) /* names of a very large upper directory */
#define DELETED_MAX (64u << 20)
#define TAR_NAME    "rootfs-diff.tar"

/* A directory still to be visited. */
struct todo {
	struct todo *next;
	bool from_merged; /* below a renamed directory */
	char *path;       /* relative, "" is the root */
};

struct walk {
	const struct rootdiff *r;
	struct arena arena;
	struct todo *first, **last;
	struct pack *pack;
	struct buf deleted;
	struct json_out list;
	size_t deleted_count;
	int upper;
	char path[PATH_MAX];  /* of the entry being visited */
	char other[PATH_MAX]; /* derived from it, for a moment */
};

/* ---- the walk ----------------------------------------------------------- */

static bool has_mark(int fd, const char *name, char value)
{
	char self[64], text[PATH_MAX];
	ssize_t n;

	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	n = getxattr(self, name, text, sizeof(text));
	return n >= 0 && (value == '\0' || (n == 1 && text[0] == value));
}

static bool is_whiteout(int fd, const struct stat *st)
{
	if (S_ISCHR(st->st_mode) && st->st_rdev == makedev(0, 0))
		return true;
	return S_ISREG(st->st_mode) && st->st_size == 0 &&
	       has_mark(fd, "trusted.overlay.whiteout", '\0');
}

static int join(
	char out[PATH_MAX], const char *dir, const char *name, struct err *e)
{
	int n = snprintf(out, PATH_MAX, "%s%s%s", dir, *dir ? "/" : "", name);

	if (n >= 0 && n < PATH_MAX)
		return 0;
	return err_kind(e, ERR_LIMIT, "%s/%s: path too long", dir, name);
}

static void note_deleted(struct walk *w, const char *dir, const char *name)
{
	AUTO_BUF struct buf b = buf_growing(2 * PATH_MAX);

	buf_fmt(&b, "%s%s/%s", *dir ? "/" : "", dir, name);
	json_str(&w->list, NULL, buf_view(&b));
	w->deleted_count++;
}

static int push(
	struct walk *w, const char *path, bool from_merged, struct err *e)
{
	struct todo *t = arena_alloc(&w->arena, sizeof(*t));
	char *copy = arena_copy(&w->arena, str_of(path));

	if (!t || !copy)
		return err_kind(e, ERR_LIMIT, "too many files");
	*t = (struct todo){.from_merged = from_merged, .path = copy};
	*w->last = t;
	w->last = &t->next;
	return 0;
}

/* The runtime makes mount points; they are not the container's changes. */
static bool is_mount_point(const struct walk *w, const char *path)
{
	const struct node *m = w->r->spec ? spec_mounts(w->r->spec) : NULL;

	for (; m; m = m->next) {
		struct str at = node_text(node_get(m, "destination"));

		while (at.n && at.p[at.n - 1] == '/')
			at.n--;
		if (at.n > 1 && str_is(str_sub(at, 1, at.n), path))
			return true;
	}
	return false;
}

/* Open as the container sees it, never through a mount that hides it. */
static int open_in(int base, const char *path, int flags, struct err *e)
{
	int fd;

	return hostfs_open(base, *path ? path : "/", flags, &fd, e) < 0 ? -1
									: fd;
}

static int add(
	struct walk *w, const char *path, bool from_merged, struct err *e)
{
	const char *slash = strrchr(path, '/');
	AUTO_FD int dir = -1;

	snprintf(w->other, sizeof(w->other), "%.*s",
		slash ? (int)(slash - path) : 0, path);
	dir = open_in(from_merged ? w->r->merged : w->upper, w->other,
		O_RDONLY | O_DIRECTORY, e);
	if (dir < 0)
		return -1;
	return pack_add(w->pack, dir, slash ? slash + 1 : path, path, e);
}

static bool is_named(const char *name)
{
	return strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* All that this lower layer has in an opaque directory and it has not. */
static void note_hidden_in(
	struct walk *w, DIR *lower, int dir, const char *path)
{
	struct dirent *d;
	struct stat st;

	while ((d = readdir(lower))) {
		if (!is_named(d->d_name))
			continue;
		if (fstatat(dir, d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			continue;
		note_deleted(w, path, d->d_name);
	}
}

static int note_hidden(struct walk *w, int dir, const char *path, struct err *e)
{
	const struct overlay *l = w->r->layers;

	for (size_t i = 0; i < l->lower_count; i++) {
		DIR *lower;
		int fd;

		if (join(w->other, l->lower[i], path, e) < 0)
			return -1;
		if (hostfs_open(w->r->host_root, w->other,
			    O_RDONLY | O_DIRECTORY, &fd, NULL) < 0)
			continue; /* not in this layer */
		lower = fdopendir(fd);
		if (!lower) {
			close(fd);
			return err_sys(e, "%s", w->other);
		}
		note_hidden_in(w, lower, dir, path);
		closedir(lower);
	}
	return 0;
}

static int visit_dir(struct walk *w, int fd, const char *path, bool from_merged,
	struct err *e)
{
	bool is_renamed = has_mark(fd, "trusted.overlay.redirect", '\0');

	if (!from_merged && has_mark(fd, "trusted.overlay.opaque", 'y') &&
		note_hidden(w, fd, path, e) < 0)
		return -1;
	return push(w, path, from_merged || is_renamed, e);
}

static int visit(struct walk *w, int dir, const char *name, const char *path,
	bool from_merged, struct err *e)
{
	/* O_PATH: the entry may be a device or a FIFO */
	AUTO_FD int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	bool metacopy;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, "%s", path);
	if (S_ISSOCK(st.st_mode))
		return 0; /* CRIU makes those anew */
	if (!from_merged && is_whiteout(fd, &st)) {
		note_deleted(w, "", path);
		return 0;
	}
	metacopy = S_ISREG(st.st_mode) &&
		   has_mark(fd, "trusted.overlay.metacopy", '\0');
	if (is_mount_point(w, path) && (S_ISDIR(st.st_mode) || !st.st_size))
		return 0;
	if (add(w, path, from_merged || metacopy, e) < 0)
		return -1;
	if (!S_ISDIR(st.st_mode))
		return 0;
	return visit_dir(w, fd, path, from_merged, e);
}

static int is_wanted(const struct dirent *d)
{
	return is_named(d->d_name);
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int visit_names(struct walk *w, int dir, const struct todo *t,
	struct dirent **names, int count, struct err *e)
{
	for (int i = 0; i < count; i++) {
		const char *name = names[i]->d_name;

		if (join(w->path, t->path, name, e) < 0)
			return -1;
		if (visit(w, dir, name, w->path, t->from_merged, e) < 0)
			return -1;
	}
	return 0;
}

static int list_dir(struct walk *w, const struct todo *t, struct err *e)
{
	AUTO_FD int dir = open_in(t->from_merged ? w->r->merged : w->upper,
		t->path, O_RDONLY | O_DIRECTORY, e);
	struct dirent **names;
	char self[64];
	int count, rc;

	if (dir < 0)
		return -1;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", dir);
	count = scandir(self, &names, is_wanted, by_bytes);
	if (count < 0)
		return err_sys(e, "read directory /%s", t->path);
	rc = visit_names(w, dir, t, names, count, e);
	for (int i = 0; i < count; i++)
		free(names[i]);
	free(names);
	return rc;
}

static int walk_all(struct walk *w, struct err *e)
{
	if (push(w, "", false, e) < 0)
		return -1;
	for (const struct todo *t = w->first; t; t = t->next)
		if (list_dir(w, t, e) < 0)
			return -1;
	return 0;
}

static int write_deleted(struct walk *w, int out, struct err *e)
{
	json_list_end(&w->list);
	if (w->deleted.full)
		return err_kind(e, ERR_LIMIT, "too many deleted files");
	if (w->deleted_count == 0)
		return 0;
	return fd_write(out, w->deleted.p, w->deleted.n, e);
}

static int write_both(struct walk *w, int tar, int deleted, struct err *e)
{
	int rc;

	if (pack_open(&w->pack, tar, PACK_PLAIN, e) < 0)
		return -1;
	rc = walk_all(w, e);
	if (pack_close(w->pack, rc < 0 ? NULL : e) < 0)
		rc = -1;
	return rc < 0 ? -1 : write_deleted(w, deleted, e);
}

int rootdiff_write(
	const struct rootdiff *r, int tar, int deleted, struct err *e)
{
	static struct walk w; /* too large for the stack; one in a process */
	int rc;

	w = (struct walk){.r = r,
		.arena = arena_make(MEMORY_MAX),
		.deleted = buf_growing(DELETED_MAX)};
	if (hostfs_open(r->host_root, r->layers->upper, O_RDONLY | O_DIRECTORY,
		    &w.upper, e) < 0)
		return err_at(e, "upper directory");
	w.last = &w.first;
	w.list = json_out(&w.deleted, 0);
	json_list(&w.list, NULL);
	rc = write_both(&w, tar, deleted, e);
	close(w.upper);
	buf_free(&w.deleted);
	arena_free(&w.arena);
	return rc < 0 ? err_at(e, TAR_NAME) : 0;
}
