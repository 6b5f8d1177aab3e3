/*
 * prove_tree - links to files of the store; directories as they are needed.
 *
 * Paths come from evidence, and a tool that ran in the tree may have left links
 * there.  So each path is resolved by the kernel with the tree as its root
 * (openat2(2), Linux 5.6), one name at a time where something is made: "..",
 * and links wherever they lead, end inside.
 */
#include "sbom/prove/prove_tree.h"
#include "sbom/prove/prove_path.h"

#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ".." is refused while anything is renamed anywhere (EAGAIN): again. */
enum { TREE_OPEN_MAX = 256, TREE_TRIES_MAX = 100000 };

/* A descriptor, or -1 with errno. */
static int tree_resolve(int root, const char *path, int flags)
{
	const struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	long fd = -1;

	for (int i = 0; i < TREE_TRIES_MAX; i++) {
		fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return (int)fd;
}

static int tree_root(const char *tree, int *root, struct err *e)
{
	*root = open(tree, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return *root < 0 ? err_sys(e, "%s", tree) : 0;
}

/* The path, which ends before its `name` bytes at the end. */
static int tree_copy(const char *path, size_t name, char out[PROVE_PATH_BYTES],
	struct err *e)
{
	struct str s = str_of(path);

	if (!str_has_prefix(s, STR("/")))
		return err_kind(e, ERR_INPUT, "%s: not absolute", path);
	s.n -= name;
	return str_copy(s, out, PROVE_PATH_BYTES) < 0
		       ? err_kind(e, ERR_LIMIT, "%s: path too long", path)
		       : 0;
}

/* Go to `path`, the directory `name` in *dir: open it, and make it first where
   it is missing. */
static int tree_enter(int root, const char *path, const char *name, int *dir)
{
	int next = tree_resolve(root, path, O_PATH | O_DIRECTORY);

	if (next < 0 && errno == ENOENT &&
		(mkdirat(*dir, name, 0777) == 0 || errno == EEXIST))
		next = tree_resolve(root, path, O_PATH | O_DIRECTORY);
	if (next < 0)
		return -1;
	fd_close(dir);
	*dir = next;
	return 0;
}

/* Make all directories of a path, and open the last one. */
static int tree_make(int root, char *path, int *dir, struct err *e)
{
	*dir = tree_resolve(root, "/", O_PATH | O_DIRECTORY);
	if (*dir < 0)
		return err_sys(e, "%s", path);
	for (char *p = path; *p != '\0';) {
		char *name = p + strspn(p, "/"), kept;

		p = name + strcspn(name, "/");
		kept = *p;
		*p = '\0';
		if (*name != '\0' && tree_enter(root, path, name, dir) < 0)
			return err_sys(e, "in the tree: %s", path);
		*p = kept;
	}
	return 0;
}

int prove_tree_directory(const char *tree, const char *path, struct err *e)
{
	AUTO_FD int root = -1, dir = -1;
	char text[PROVE_PATH_BYTES];

	if (tree_copy(path, 0, text, e) < 0 || tree_root(tree, &root, e) < 0)
		return -1;
	return tree_make(root, text, &dir, e);
}

/* The directory of a path that is to be made, and the name in it. */
static int tree_parent(const char *tree, const char *path, int *dir,
	const char **name, struct err *e)
{
	AUTO_FD int root = -1;
	struct str base = str_base_name(str_of(path));
	char text[PROVE_PATH_BYTES];

	if (base.n == 0 || str_is(base, ".") || str_is(base, ".."))
		return err_kind(e, ERR_INPUT, "%s: not a file's path", path);
	if (tree_copy(path, base.n, text, e) < 0 ||
		tree_root(tree, &root, e) < 0)
		return -1;
	*name = base.p;
	*dir = tree_resolve(root, text, O_PATH | O_DIRECTORY);
	return *dir < 0 ? tree_make(root, text, dir, e) : 0;
}

int prove_tree_file(
	const char *tree, const char *kept, const char *path, struct err *e)
{
	AUTO_FD int dir = -1;
	const char *name;

	if (tree_parent(tree, path, &dir, &name, e) < 0)
		return -1;
	return linkat(AT_FDCWD, kept, dir, name, 0) < 0 && errno != EEXIST
		       ? err_sys(e, "link %s", path)
		       : 0;
}

int prove_tree_symlink(
	const char *tree, const char *target, const char *path, struct err *e)
{
	AUTO_FD int dir = -1;
	const char *name;

	if (tree_parent(tree, path, &dir, &name, e) < 0)
		return -1;
	return symlinkat(target, dir, name) < 0 && errno != EEXIST
		       ? err_sys(e, "link %s", path)
		       : 0;
}

int prove_tree_open(const char *tree, const char *path, int *fd, struct err *e)
{
	AUTO_FD int root = -1, file = -1;
	struct stat st;

	if (tree_root(tree, &root, e) < 0)
		return -1;
	file = tree_resolve(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (file < 0 || fstat(file, &st) < 0)
		return err_sys(e, "%s", path);
	if (!S_ISREG(st.st_mode))
		return err_kind(e, ERR_INPUT, "%s is no regular file", path);
	*fd = fd_take(&file);
	return 0;
}

/* Where /lib is a link to usr/lib, both names are used for one file. */
static int tree_merge_usr(const char *tree, struct err *e)
{
	static const char *const names[] = {
		"/lib", "/lib32", "/lib64", "/bin", "/sbin"};
	char target[64], path[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		ssize_t n = readlink(names[i], target, sizeof(target) - 1);

		if (n <= 0 || target[0] == '/')
			continue;
		target[n] = '\0';
		snprintf(path, sizeof(path), "/%.60s", target);
		if (prove_tree_directory(tree, path, e) < 0 ||
			prove_tree_symlink(tree, target, names[i], e) < 0)
			return -1;
	}
	return 0;
}

int prove_tree_make(const char *tree, struct err *e)
{
	if (prove_tree_remove(tree, e) < 0)
		return -1;
	if (mkdir(tree, 0755) < 0)
		return err_sys(e, "%s", tree);
	return prove_tree_directory(tree, "/tmp", e) < 0
		       ? -1
		       : tree_merge_usr(tree, e);
}

static int tree_remove_one(
	const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

int prove_tree_remove(const char *tree, struct err *e)
{
	if (nftw(tree, tree_remove_one, TREE_OPEN_MAX, FTW_DEPTH | FTW_PHYS) ==
			0 ||
		errno == ENOENT)
		return 0;
	return err_sys(e, "remove %s", tree);
}
