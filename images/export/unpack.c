/*
 * unpack - entries in the order of paths, then contents, then owners, modes and
 * times from the deepest up, so that a directory may be read-only.
 */
#include "images/export/unpack.h"

#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#define UNPACK_PATH_BYTES 4096

struct unpacking {
	const struct fs_tree *tree;
	int root;    /* the directory that is filled */
	int file;    /* that content goes to; or -1 */
	size_t node; /* its position */
	bool is_root;
};

static int unpack_failed(
	const struct unpacking *u, size_t i, const char *what, struct err *e)
{
	return err_sys(e, "%s /%.*s", what, STR_ARG(u->tree->nodes[i].path));
}

/* ---- entries ---------------------------------------------------------- */

static dev_t device_of(const struct fs_node *x)
{
	return makedev(x->dev_major, x->dev_minor);
}

/* Paths of a tree end with NUL: they lie in its arena. */
static int make_entry(const struct unpacking *u, const struct fs_node *x)
{
	AUTO_FD int fd = -1;

	switch (x->type) {
	case TAR_DIR:
		return x->path.n == 0 ? 0 : mkdirat(u->root, x->path.p, 0700);
	case TAR_FILE:
		fd = openat(u->root, x->path.p,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			0600);
		return fd < 0 ? -1 : 0;
	case TAR_SYMLINK:
		return symlinkat(x->link.p, u->root, x->path.p);
	case TAR_CHAR:
		return mknodat(
			u->root, x->path.p, S_IFCHR | 0600, device_of(x));
	case TAR_BLOCK:
		return mknodat(
			u->root, x->path.p, S_IFBLK | 0600, device_of(x));
	case TAR_FIFO:
		return mkfifoat(u->root, x->path.p, 0600);
	case TAR_HARD_LINK:
		return 0; /* when all files are there */
	}
	return -1;
}

static int make_entries(const struct unpacking *u, struct err *e)
{
	const struct fs_tree *t = u->tree;

	for (size_t i = 0; i < t->n; i++)
		if (make_entry(u, &t->nodes[i]) < 0)
			return unpack_failed(u, i, "create", e);
	for (size_t i = 0; i < t->n; i++)
		if (t->nodes[i].type == TAR_HARD_LINK &&
			linkat(u->root, t->nodes[i].link.p, u->root,
				t->nodes[i].path.p, 0) < 0)
			return unpack_failed(u, i, "link", e);
	return 0;
}

/* ---- contents ------------------------------------------------------------ */

static int put_piece(void *self, size_t node, uint64_t offset, struct str bytes,
	struct err *e)
{
	struct unpacking *u = self;

	(void)offset; /* they come in their order */
	if (u->file < 0 || u->node != node) {
		fd_close(&u->file);
		u->file = openat(u->root, u->tree->nodes[node].path.p,
			O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
		u->node = node;
	}
	if (u->file < 0)
		return unpack_failed(u, node, "open", e);
	return fd_write(u->file, bytes.p, bytes.n, e);
}

/* ---- owners, modes, times ------------------------------------------------ */

static int set_xattrs(const struct unpacking *u, const struct fs_node *x)
{
	AUTO_BUF struct buf path = buf_growing((size_t)2 * UNPACK_PATH_BYTES);

	if (!u->is_root || x->n_xattrs == 0)
		return 0;
	buf_fmt(&path, "/proc/self/fd/%d/%.*s", u->root, STR_ARG(x->path));
	for (size_t i = 0; i < x->n_xattrs; i++)
		if (lsetxattr(buf_cstr(&path), x->xattrs[i].name.p,
			    x->xattrs[i].value.p, x->xattrs[i].value.n, 0) < 0)
			return -1;
	return 0;
}

/* Without owners a set-id bit would give away whoever exports. */
static mode_t mode_of(const struct unpacking *u, const struct fs_node *x)
{
	return x->mode & (u->is_root ? 07777 : 01777);
}

static int settle_entry(
	const struct unpacking *u, const struct fs_node *x, struct err *e)
{
	const char *path = x->path.n == 0 ? "." : x->path.p;
	const struct timespec times[] = {
		{.tv_sec = x->mtime_s}, {.tv_sec = x->mtime_s}};

	if (x->type == TAR_HARD_LINK)
		return 0;
	if ((u->is_root && fchownat(u->root, path, x->uid, x->gid,
				   AT_SYMLINK_NOFOLLOW) < 0) ||
		set_xattrs(u, x) < 0 ||
		(x->type != TAR_SYMLINK &&
			fchmodat(u->root, path, mode_of(u, x), 0) < 0) ||
		utimensat(u->root, path, times, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(
			e, "owner, mode or time of /%.*s", STR_ARG(x->path));
	return 0;
}

static int unpack_fill(
	struct unpacking *u, const struct fs_layer *l, struct err *e)
{
	const struct fs_content to = {put_piece, u};
	int done = make_entries(u, e);

	if (done == 0)
		done = fs_layer_content(l, &to, e);
	fd_close(&u->file);
	for (size_t i = u->tree->n; done == 0 && i-- > 0;)
		done = settle_entry(u, &u->tree->nodes[i], e);
	return done;
}

/* ---- the directory ------------------------------------------------------- */

/* What this run made, in a directory that it made. */
static void remove_own(const struct fs_tree *t, const char *partial)
{
	AUTO_FD int dir =
		open(partial, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (dir < 0)
		return;
	for (size_t i = 0; i < t->n; i++)
		if (t->nodes[i].type == TAR_DIR && t->nodes[i].path.n > 0)
			fchmodat(dir, t->nodes[i].path.p, 0700, 0);
	for (size_t i = t->n; i-- > 1;)
		unlinkat(dir, t->nodes[i].path.p,
			t->nodes[i].type == TAR_DIR ? AT_REMOVEDIR : 0);
	rmdir(partial);
}

/* Links in a directory that is there already may lead elsewhere: it stays. */
static int make_partial(const char *partial, struct err *e)
{
	if (mkdir(partial, 0700) == 0)
		return 0;
	return errno == EEXIST
		       ? err_kind(e, ERR_BUSY,
				 "%s: it is there: if another run left it, "
				 "remove it",
				 partial)
		       : err_sys(e, "create %s", partial);
}

static int name_partial(
	const char *path, char partial[UNPACK_PATH_BYTES], struct err *e)
{
	struct str whole = str_of(path), name;
	struct stat st;
	int n;

	while (whole.n > 1 && whole.p[whole.n - 1] == '/')
		whole.n--;
	name = str_base_name(whole);
	n = snprintf(partial, UNPACK_PATH_BYTES, "%.*s.%.*s.partial",
		(int)(whole.n - name.n), whole.p, STR_ARG(name));
	if (name.n == 0 || n >= UNPACK_PATH_BYTES)
		return err_kind(e, ERR_USAGE, "%s: name a directory", path);
	if (lstat(path, &st) == 0)
		return err_kind(e, ERR_BUSY,
			"%s: it is there: name another place", path);
	return 0;
}

static int unpack_into(
	const struct fs_layer *l, const char *partial, struct err *e)
{
	struct unpacking u = {
		.tree = &l->tree, .file = -1, .is_root = geteuid() == 0};
	int done;

	u.root = open(partial, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (u.root < 0)
		return err_sys(e, "%s", partial);
	done = unpack_fill(&u, l, e);
	fd_close(&u.root);
	return done;
}

int unpack_layer(const struct fs_layer *l, const char *path, struct err *e)
{
	char partial[UNPACK_PATH_BYTES];

	if (name_partial(path, partial, e) < 0 || make_partial(partial, e) < 0)
		return -1;
	if (unpack_into(l, partial, e) < 0) {
		remove_own(&l->tree, partial);
		return -1;
	}
	return rename(partial, path) < 0 ? err_sys(e, "rename %s", partial) : 0;
}
