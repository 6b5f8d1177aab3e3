/* prove_tree - links to files of the store; directories as they are needed. */
#include "sbom/prove/prove_tree.h"
#include "sbom/prove/prove_path.h"

#include "lib/base/buf.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TREE_OPEN_MAX = 256 };

static int tree_path(const char *tree, const char *path,
	char out[PROVE_PATH_BYTES], struct err *e)
{
	int n = snprintf(out, PROVE_PATH_BYTES, "%s%s", tree, path);

	if (n < 0 || n >= PROVE_PATH_BYTES || *path != '/')
		return err_kind(e, ERR_LIMIT, "%s: path too long", path);
	return 0;
}

/* Make the directories of a full path from its end, `keep` bytes exist. */
static int tree_make_parents(char *path, size_t keep, struct err *e)
{
	for (char *p = strchr(path + keep + 1, '/'); p != NULL;
		p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(path, 0777) < 0 && errno != EEXIST)
			return err_sys(e, "%s", path);
		*p = '/';
	}
	return 0;
}

int prove_tree_directory(const char *tree, const char *path, struct err *e)
{
	char full[PROVE_PATH_BYTES];
	size_t n;

	if (tree_path(tree, path, full, e) < 0)
		return -1;
	n = strlen(full);
	if (n + 1 >= PROVE_PATH_BYTES)
		return err_kind(e, ERR_LIMIT, "%s: path too long", path);
	full[n] = '/';
	full[n + 1] = '\0';
	return tree_make_parents(full, strlen(tree), e);
}

int prove_tree_file(
	const char *tree, const char *kept, const char *path, struct err *e)
{
	char full[PROVE_PATH_BYTES];

	if (tree_path(tree, path, full, e) < 0)
		return -1;
	if (link(kept, full) == 0 || errno == EEXIST)
		return 0;
	if (errno != ENOENT || tree_make_parents(full, strlen(tree), e) < 0)
		return err_sys(e, "link %s", full);
	return link(kept, full) < 0 ? err_sys(e, "link %s", full) : 0;
}

int prove_tree_symlink(
	const char *tree, const char *target, const char *path, struct err *e)
{
	char full[PROVE_PATH_BYTES];

	if (tree_path(tree, path, full, e) < 0 ||
		tree_make_parents(full, strlen(tree), e) < 0)
		return -1;
	return symlink(target, full) < 0 && errno != EEXIST
		       ? err_sys(e, "%s", full)
		       : 0;
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
