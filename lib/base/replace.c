/*
 * replace - linkat(2) gives the nameless file its temporary name, complete as
 * it is then, and rename(2) puts it in the place of what is there.
 */
#include "lib/base/replace.h"

#include "lib/base/fd.h"
#include "lib/base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REPLACE_DIR_BYTES 4096

/* Open the directory of the path, and learn the names below it. */
static int open_place(struct replace *r, const char *path, struct err *e)
{
	struct str whole = str_of(path), name = str_base_name(whole);
	char dir[REPLACE_DIR_BYTES];
	int n;

	if (name.n == 0 || str_is(name, ".") || str_is(name, ".."))
		return err_kind(e, ERR_USAGE, "\"%s\" names no file", path);
	whole.n -= name.n;
	n = snprintf(
		r->partial, sizeof(r->partial), ".%.*s.partial", STR_ARG(name));
	if (n >= REPLACE_NAME_BYTES ||
		str_copy(name, r->name, sizeof(r->name)) < 0 ||
		str_copy(whole.n > 0 ? whole : STR("."), dir, sizeof(dir)) < 0)
		return err_kind(e, ERR_LIMIT, "%s: path too long", path);
	r->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return r->dir < 0 ? err_sys(e, "%s", dir) : 0;
}

static int check_present(
	const struct replace *r, const char *path, struct err *e)
{
	struct stat st;

	if (fstatat(r->dir, r->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : err_sys(e, "%s", path);
	return S_ISREG(st.st_mode)
		       ? 0
		       : err_kind(e, ERR_BUSY,
				 "%s: it is there, and is no regular file: "
				 "name another place",
				 path);
}

int replace_open(struct replace *r, const char *path, struct err *e)
{
	*r = (struct replace){.fd = -1, .dir = -1};
	if (open_place(r, path, e) < 0 || check_present(r, path, e) < 0)
		return -1;
	r->fd = openat(r->dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (r->fd >= 0)
		return 0;
	if (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)
		return err_sys(e, "create %s", path);
	unlinkat(r->dir, r->partial, 0);
	r->fd = openat(r->dir, r->partial,
		O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	r->is_named = r->fd >= 0;
	return r->fd < 0 ? err_sys(e, "create %s", path) : 0;
}

static int give_partial_name(struct replace *r, struct err *e)
{
	char self[64];

	if (r->is_named)
		return 0;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", r->fd);
	unlinkat(r->dir, r->partial, 0); /* of a run that was killed */
	if (linkat(AT_FDCWD, self, r->dir, r->partial, AT_SYMLINK_FOLLOW) < 0)
		return err_sys(e, "name %s", r->partial);
	r->is_named = true;
	return 0;
}

int replace_commit(struct replace *r, mode_t mode, struct err *e)
{
	if (fchmod(r->fd, mode) < 0 || fsync(r->fd) < 0)
		return err_sys(e, "%s", r->name);
	if (give_partial_name(r, e) < 0)
		return -1;
	if (renameat(r->dir, r->partial, r->dir, r->name) < 0)
		return err_sys(e, "rename %s", r->partial);
	r->is_named = false;
	return fsync(r->dir) < 0
		       ? err_sys(e, "sync the directory of %s", r->name)
		       : 0;
}

void replace_drop(struct replace *r)
{
	if (r->is_named)
		unlinkat(r->dir, r->partial, 0);
	r->is_named = false;
	fd_close(&r->fd);
	fd_close(&r->dir);
}
