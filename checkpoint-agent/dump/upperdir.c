/*
 * upperdir - walk the upper directory and obey overlayfs' marks.
 *
 * Directories are visited from a queue, parents before children and names in
 * order, so that equal trees give equal archives.  overlayfs keeps its marks
 * in extended attributes, trusted.overlay.* as a rule (kernel:
 * filesystems/overlayfs.rst):
 *
 *   character device 0:0, or the mark whiteout: deleted
 *   opaque "y": what lower layers have here is hidden
 *   metacopy: only the metadata was copied up
 *   redirect: a directory that was renamed; lower layers are hidden here too
 *
 * In the last two cases the content is read through the merged view.  Below a
 * directory where lower layers are hidden they are hidden everywhere, and what
 * they have there and we have not was deleted.
 */
#include "checkpoint-agent/dump/upperdir.h"

#include "checkpoint-agent/dump/lower.h"
#include "checkpoint-agent/node/hostfs.h"
#include "checkpoint-agent/tar/members.h"
#include "checkpoint-agent/tar/tarfile_write.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"
#include "lib/base/utf8.h"
#include "lib/base/whole.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define MEMORY_MAX  (256u << 20) /* names of a very large upper directory */
#define DELETED_MAX (64u << 20)

/* A directory still to be visited. */
struct todo {
	struct todo *next;
	bool from_merged; /* it or one above it was renamed */
	bool hides_lower; /* so do all below it */
	char *path;       /* relative, "" is the root */
};

struct walk {
	const struct upperdir *r;
	struct arena arena;
	struct arena names; /* of lower layers, in one directory */
	struct lower lower;
	struct todo *first, **last;
	struct tarfile_writer *pack;
	struct buf deleted;
	struct buf paths; /* deleted, too, but no UTF-8 */
	struct json_out list;
	size_t deleted_count;
	int upper;
	char path[PATH_MAX];  /* of the entry being visited */
	char other[PATH_MAX]; /* scratch */
};

/* ---- the walk ----------------------------------------------------------- */

static bool has_mark(const struct walk *w, int fd, const char *mark, char value)
{
	return overlay_has_mark(w->r->layers, fd, mark, value);
}

static bool is_whiteout(const struct walk *w, int fd, const struct stat *st)
{
	if (S_ISCHR(st->st_mode) && st->st_rdev == makedev(0, 0))
		return true;
	return S_ISREG(st->st_mode) && st->st_size == 0 &&
	       has_mark(w, fd, "whiteout", '\0');
}

static int join(
	char out[PATH_MAX], const char *dir, const char *name, struct err *e)
{
	int n = snprintf(out, PATH_MAX, "%s%s%s", dir, *dir ? "/" : "", name);

	if (n >= 0 && n < PATH_MAX)
		return 0;
	return err_kind(e, ERR_LIMIT, "%s/%s: path too long", dir, name);
}

/*
 * JSON has no way to say bytes that are no UTF-8: readers would look for, and
 * might find, another file.
 */
static void note_deleted(struct walk *w, const char *dir, const char *name)
{
	AUTO_BUF struct buf b = buf_growing(2 * PATH_MAX);

	buf_fmt(&b, "%s%s/%s", *dir ? "/" : "", dir, name);
	whole_pass(&b, w->list.b);
	if (utf8_is_valid(buf_view(&b))) {
		json_str(&w->list, NULL, buf_view(&b));
		w->deleted_count++;
	} else {
		buf_str(&w->paths, buf_view(&b));
		buf_byte(&w->paths, '\0');
	}
}

static int push(struct walk *w, const struct todo *what, struct err *e)
{
	struct todo *t = arena_alloc(&w->arena, sizeof(*t));
	char *copy = arena_copy(&w->arena, str_of(what->path));

	if (!t || !copy)
		return err_kind(e, ERR_LIMIT, "too many files");
	*t = *what;
	t->next = NULL;
	t->path = copy;
	*w->last = t;
	w->last = &t->next;
	return 0;
}

/* Mount points are made by the runtime and are no changes. */
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

/* Open a directory of the upper directory, or of the merged view. */
static int open_dir(
	const struct walk *w, const char *path, bool from_merged, struct err *e)
{
	int fd;

	if (from_merged && w->r->merged < 0)
		return err_set(e,
			"/%s was renamed, and the overlay's mount at %s cannot "
			"be read",
			path, w->r->layers->at);
	if (hostfs_open_beneath(from_merged ? w->r->merged : w->upper, path,
		    O_RDONLY | O_DIRECTORY, &fd, e) < 0)
		return -1;
	return fd;
}

static int add_file(
	struct walk *w, const char *path, bool from_merged, struct err *e)
{
	const char *slash = strrchr(path, '/');
	AUTO_FD int dir = -1;

	snprintf(w->other, sizeof(w->other), "%.*s",
		slash ? (int)(slash - path) : 0, path);
	dir = open_dir(w, w->other, from_merged, e);
	if (dir < 0)
		return -1;
	return tarfile_write_add(
		w->pack, dir, slash ? slash + 1 : path, path, e);
}

/*
 * Note what lower layers have in this directory and we have not.  Where none
 * has it, none has what is below it.
 */
static int note_hidden(struct walk *w, int dir, struct todo *t, struct err *e)
{
	struct lower_names names;
	struct stat st;

	arena_reset(&w->names);
	if (lower_list(&w->lower, t->path, &w->names, &names, e) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++)
		if (fstatat(dir, names.name[i], &st, AT_SYMLINK_NOFOLLOW) < 0)
			note_deleted(w, t->path, names.name[i]);
	t->hides_lower = names.has_dir;
	return 0;
}

static int push_dir(
	struct walk *w, int fd, const struct todo *parent, struct err *e)
{
	struct todo t = {.path = w->path,
		.from_merged = parent->from_merged,
		.hides_lower = parent->hides_lower};

	if (!t.from_merged && has_mark(w, fd, "redirect", '\0'))
		t.from_merged = t.hides_lower = true;
	if (!t.from_merged && has_mark(w, fd, "opaque", 'y'))
		t.hides_lower = true;
	return push(w, &t, e);
}

/* Visit the entry at w->path, which is `name` in the directory that is open. */
static int visit(struct walk *w, int dir, const char *name,
	const struct todo *parent, struct err *e)
{
	/* O_PATH: the entry may be a device or a FIFO */
	AUTO_FD int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	const char *path = w->path;
	struct stat st;
	bool metacopy;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, "%s", path);
	if (S_ISSOCK(st.st_mode))
		return 0; /* CRIU binds it again */
	if (!parent->from_merged && is_whiteout(w, fd, &st)) {
		note_deleted(w, "", path);
		return 0;
	}
	metacopy = S_ISREG(st.st_mode) && has_mark(w, fd, "metacopy", '\0');
	if (is_mount_point(w, path) && (S_ISDIR(st.st_mode) || !st.st_size))
		return 0;
	if (add_file(w, path, parent->from_merged || metacopy, e) < 0)
		return -1;
	return S_ISDIR(st.st_mode) ? push_dir(w, fd, parent, e) : 0;
}

static int is_wanted(const struct dirent *d)
{
	return strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* The names in a directory; names and the array are malloc'd. */
struct listing {
	struct dirent **names;
	int count;
};

static int visit_names(struct walk *w, int dir, const struct todo *t,
	const struct listing *l, struct err *e)
{
	for (int i = 0; i < l->count; i++) {
		const char *name = l->names[i]->d_name;

		if (join(w->path, t->path, name, e) < 0)
			return -1;
		if (visit(w, dir, name, t, e) < 0)
			return -1;
	}
	return 0;
}

static int list_dir(struct walk *w, struct todo *t, struct err *e)
{
	AUTO_FD int dir = open_dir(w, t->path, t->from_merged, e);
	struct listing l;
	char self[64];
	int rc;

	if (dir < 0)
		return -1;
	if (t->hides_lower && note_hidden(w, dir, t, e) < 0)
		return -1;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", dir);
	l.count = scandir(self, &l.names, is_wanted, by_bytes);
	if (l.count < 0)
		return err_sys(e, "read directory /%s", t->path);
	rc = visit_names(w, dir, t, &l, e);
	for (int i = 0; i < l.count; i++)
		free(l.names[i]);
	free(l.names);
	return rc;
}

static int walk_all(struct walk *w, struct err *e)
{
	if (push(w, &(struct todo){.path = w->path}, e) < 0)
		return -1;
	for (struct todo *t = w->first; t; t = t->next)
		if (list_dir(w, t, e) < 0)
			return -1;
	return 0;
}

static int write_deleted(
	struct walk *w, const struct upperdir_out *out, struct err *e)
{
	json_list_end(&w->list);
	if (w->deleted.full || w->paths.full)
		return err_kind(e, ERR_LIMIT, "too many deleted files");
	if (w->deleted_count &&
		fd_write(*out->deleted, w->deleted.p, w->deleted.n, e) < 0)
		return -1;
	fd_close(out->deleted);
	if (fd_write(*out->paths, w->paths.p, w->paths.n, e) < 0)
		return -1;
	fd_close(out->paths);
	return 0;
}

static int write_all(
	struct walk *w, const struct upperdir_out *out, struct err *e)
{
	int rc;

	if (tarfile_write_open(&w->pack, *out->tar, TARFILE_PLAIN, e) < 0)
		return -1;
	rc = walk_all(w, e);
	if (tarfile_write_close(w->pack, rc < 0 ? NULL : e) < 0)
		rc = -1;
	if (rc < 0)
		return -1;
	fd_close(out->tar);
	return write_deleted(w, out, e);
}

int upperdir_write(
	const struct upperdir *r, const struct upperdir_out *out, struct err *e)
{
	static struct walk w; /* too large for the stack; one in a process */
	int rc;

	w = (struct walk){.r = r,
		.arena = arena_make(MEMORY_MAX),
		.names = arena_make(MEMORY_MAX),
		.deleted = buf_growing(DELETED_MAX),
		.paths = buf_growing(DELETED_MAX)};
	if (hostfs_open(r->host_root, r->layers->upper, O_RDONLY | O_DIRECTORY,
		    &w.upper, e) < 0)
		return err_at(e, "upper directory");
	lower_start(&w.lower, r->host_root, r->layers);
	w.last = &w.first;
	w.list = json_out(&w.deleted, 0);
	json_list(&w.list, NULL);
	rc = write_all(&w, out, e);
	close(w.upper);
	lower_stop(&w.lower);
	buf_free(&w.deleted);
	buf_free(&w.paths);
	arena_free(&w.names);
	arena_free(&w.arena);
	return rc < 0 ? err_at(e, MEMBER_CHANGES) : 0;
}
