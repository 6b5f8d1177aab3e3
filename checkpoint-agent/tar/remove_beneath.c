/*
 * remove_beneath - open the parent safely, then nftw(3) below it.
 *
 * The entry is removed by way of /proc/self/fd/N/NAME, with N the parent that
 * openat2(2) has opened; nftw(3) does not follow symbolic links (FTW_PHYS).
 */
#include "checkpoint-agent/tar/remove_beneath.h"

#include "lib/base/dir.h"
#include "lib/base/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define WALK_FDS 16

static int remove_visited(
	const char *path, const struct stat *st, int flag, struct FTW *where)
{
	(void)st;
	(void)flag;
	(void)where;
	return remove(path) < 0 && errno != ENOENT ? -1 : 0;
}

/* *out is -1 when there is no such directory. */
static int open_beneath(int dir, const char *path, int *out, struct err *e)
{
	const struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};

	*out = (int)syscall(
		SYS_openat2, dir, *path ? path : ".", &how, sizeof(how));
	if (*out >= 0 || errno == ENOENT || errno == ENOTDIR)
		return 0;
	if (errno == ELOOP || errno == EXDEV)
		return err_kind(e, ERR_INPUT,
			"%s: leads out of the directory or through a "
			"symbolic link",
			path);
	return err_sys(e, "%s", path);
}

static int remove_name(int dir, const char *name, struct err *e)
{
	char path[64 + NAME_MAX];
	int n = snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", dir, name);

	if (n < 0 || (size_t)n >= sizeof(path))
		return err_kind(e, ERR_INPUT, "%s: name too long", name);
	if (nftw(path, remove_visited, WALK_FDS, FTW_DEPTH | FTW_PHYS) < 0 &&
		errno != ENOENT)
		return err_sys(e, "remove %s", name);
	return 0;
}

/* Copy without slashes at both ends, with a NUL at the end. */
static int copy_path(struct str path, char out[PATH_MAX], struct err *e)
{
	while (path.n && path.p[0] == '/')
		path = str_sub(path, 1, path.n);
	while (path.n && path.p[path.n - 1] == '/')
		path.n--;
	if (str_copy(path, out, PATH_MAX) < 0)
		return err_kind(e, ERR_INPUT,
			"path %.*s: too long or holds a NUL", STR_ARG(path));
	return 0;
}

int remove_beneath(int dir, struct str path, struct err *e)
{
	char parent[PATH_MAX];
	AUTO_FD int at = -1;
	const char *name = parent;
	char *slash;

	if (copy_path(path, parent, e) < 0)
		return -1;
	slash = strrchr(parent, '/');
	if (slash) {
		*slash = '\0';
		name = slash + 1;
	}
	if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return err_kind(e, ERR_INPUT, "path %.*s: names no file",
			STR_ARG(path));
	if (open_beneath(dir, slash ? parent : "", &at, e) < 0)
		return -1;
	return at < 0 ? 0 : remove_name(at, name, e);
}

int remove_beneath_contents(int dir, struct str path, struct err *e)
{
	char name[PATH_MAX];
	AUTO_FD int at = -1;
	const struct dirent *entry;
	DIR *d;
	int rc = 0, more = 0;

	if (copy_path(path, name, e) < 0 || open_beneath(dir, name, &at, e) < 0)
		return -1;
	if (at < 0)
		return 0;
	d = fdopendir(at);
	if (!d)
		return err_sys(e, "%s", name);
	at = -1; /* the stream owns it */
	while (rc == 0 && (more = dir_next(d, &entry, e)) > 0)
		rc = remove_name(dirfd(d), entry->d_name, e);
	closedir(d);
	return more < 0 ? -1 : rc;
}
