/*
 * new_file - O_TMPFILE and linkat(2), or a temporary name, a lock and
 * renameat2(2) with RENAME_NOREPLACE.
 */
#include "checkpoint-agent/store/new_file.h"

#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Was it linked or removed by its owner before we had the lock? */
static bool has_name(const struct new_file *f, struct stat *st)
{
	struct stat named;

	return fstat(f->fd, st) == 0 &&
	       fstatat(f->dir, f->partial, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	       st->st_dev == named.st_dev && st->st_ino == named.st_ino;
}

/* A file that nobody has locked was left by a process that died. */
static int take_named(const struct new_file *f, struct err *e)
{
	struct stat st;

	if (flock(f->fd, LOCK_EX | LOCK_NB) < 0 || !has_name(f, &st))
		return err_kind(e, ERR_BUSY, "%s: another process writes it",
			f->partial);
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid())
		return err_kind(e, ERR_DENIED, "%s belongs to somebody else",
			f->partial);
	if (fchmod(f->fd, 0600) < 0 || ftruncate(f->fd, 0) < 0)
		return err_sys(e, "%s", f->partial);
	return 0;
}

static int open_named(struct new_file *f, const char *tag, struct err *e)
{
	int n = snprintf(
		f->partial, sizeof(f->partial), "%s" NEW_FILE_PARTIAL, tag);

	if (n < 0 || (size_t)n >= sizeof(f->partial))
		return err_set(e, "%s: name is too long", tag);
	f->fd = openat(f->dir, f->partial,
		O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (f->fd >= 0 && take_named(f, e) == 0)
		return 0;
	if (f->fd < 0)
		err_sys(e, "create %s", f->partial);
	fd_close(&f->fd);
	f->partial[0] = '\0'; /* it is not ours to remove */
	return -1;
}

int new_file_open(struct new_file *f, int dir, const char *tag, struct err *e)
{
	*f = (struct new_file){.dir = dir};
	f->fd = openat(dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (f->fd >= 0)
		return 0;
	if (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)
		return err_sys(e, "create a file");
	return open_named(f, tag, e);
}

static int link_name(const struct new_file *f, const char *name)
{
	char self[64];

	if (f->partial[0])
		return renameat2(
			f->dir, f->partial, f->dir, name, RENAME_NOREPLACE);
	snprintf(self, sizeof(self), "/proc/self/fd/%d", f->fd);
	return linkat(AT_FDCWD, self, f->dir, name, AT_SYMLINK_FOLLOW);
}

int new_file_link(struct new_file *f, const char *name, struct err *e)
{
	if (fsync(f->fd) < 0)
		return err_sys(e, "sync %s", name);
	if (link_name(f, name) == 0) {
		f->partial[0] = '\0';
		return 0;
	}
	if (errno == EEXIST)
		return err_kind(e, ERR_BUSY, "%s exists", name);
	return err_sys(e, "name a file %s", name);
}

int new_file_finish(struct new_file *f, struct err *e)
{
	fd_close(&f->fd);
	return fsync(f->dir) < 0 ? err_sys(e, "sync the directory of archives")
				 : 0;
}

void new_file_drop(struct new_file *f)
{
	if (f->fd >= 0 && f->partial[0])
		unlinkat(f->dir, f->partial, 0);
	f->partial[0] = '\0';
	fd_close(&f->fd);
}
