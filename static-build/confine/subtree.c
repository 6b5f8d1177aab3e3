/* subtree - open_tree(2), mount_setattr(2), move_mount(2), and places for them.
 */
#include "static-build/confine/subtree.h"

#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

bool subtree_is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && !S_ISLNK(st.st_mode);
}

int subtree_open(const char *path, unsigned attributes, struct err *e)
{
	struct mount_attr attr = {.attr_set = attributes};
	AUTO_FD int tree = open_tree(AT_FDCWD, path,
		OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

	if (tree < 0)
		return err_sys(e, "open_tree %s", path);
	if (mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr,
		    sizeof attr) < 0)
		return err_sys(e, "mount_setattr %s", path);
	return fd_take(&tree);
}

/* The directories above a place. */
static int make_parents(char *path, struct err *e)
{
	for (char *p = strchr(path, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			return err_sys(e, "make %s", path);
		*p = '/';
	}
	return 0;
}

/* The directory, or the empty file, upon which something will be mounted. */
static int make_place(const char *place, bool is_directory, struct err *e)
{
	char path[PATH_MAX];
	AUTO_FD int fd = -1;

	snprintf(path, sizeof path, "%s", place + 1);
	if (make_parents(path, e) < 0)
		return -1;
	if (is_directory) {
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			return err_sys(e, "make %s", place);
		return 0;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0444);
	return fd < 0 ? err_sys(e, "make %s", place) : 0;
}

int subtree_put(int *tree, const char *place, struct err *e)
{
	struct stat st;

	if (fstat(*tree, &st) < 0)
		return err_sys(e, "look at %s", place);
	if (make_place(place, S_ISDIR(st.st_mode), e) < 0)
		return -1;
	if (move_mount(*tree, "", AT_FDCWD, place + 1,
		    MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return err_sys(e, "mount %s", place);
	fd_close(tree);
	*tree = -1;
	return 0;
}

int subtree_copy_link(const char *path, struct err *e)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof target - 1);

	if (n < 0)
		return 0;
	target[n] = '\0';
	return symlink(target, path + 1) < 0 ? err_sys(e, "link %s", path) : 0;
}

int subtree_put_tmpfs(const char *place, unsigned long flags,
	const char *options, struct err *e)
{
	if (make_place(place, true, e) < 0)
		return -1;
	if (mount("tmpfs", place + 1, "tmpfs", MS_NOSUID | MS_NODEV | flags,
		    options) < 0)
		return err_sys(e, "mount a tmpfs at %s", place);
	return 0;
}

int subtree_put_proc(struct err *e)
{
	if (make_place("/proc", true, e) < 0)
		return -1;
	if (mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		    NULL) < 0)
		return err_sys(e, "mount /proc");
	return 0;
}

int subtree_seal(const char *path, struct err *e)
{
	struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};

	if (mount_setattr(AT_FDCWD, path, 0, &attr, sizeof attr) < 0)
		return err_sys(e, "make %s read-only", path);
	return 0;
}
