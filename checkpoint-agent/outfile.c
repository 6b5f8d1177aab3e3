/*
 * outfile - see outfile.h.
 */
#include "checkpoint-agent/outfile.h"

#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int open_named(struct outfile *f, const char *tag, struct err *e)
{
	int n = snprintf(
		f->partial, sizeof(f->partial), ".%s" OUTFILE_PARTIAL, tag);

	if (n < 0 || (size_t)n >= sizeof(f->partial))
		return err_set(e, "%s: name too long", tag);
	f->fd = openat(f->dir, f->partial,
		O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return f->fd < 0 ? err_sys(e, "create %s", f->partial) : 0;
}

int outfile_open(struct outfile *f, int dir, const char *tag, struct err *e)
{
	*f = (struct outfile){.dir = dir};
	f->fd = openat(dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (f->fd >= 0)
		return 0;
	if (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)
		return err_sys(e, "create archive");
	return open_named(f, tag, e);
}

static int give_name(const struct outfile *f, const char *name)
{
	char self[64];

	if (f->partial[0])
		return renameat2(
			f->dir, f->partial, f->dir, name, RENAME_NOREPLACE);
	snprintf(self, sizeof(self), "/proc/self/fd/%d", f->fd);
	return linkat(AT_FDCWD, self, f->dir, name, AT_SYMLINK_FOLLOW);
}

int outfile_link(struct outfile *f, const char *name, struct err *e)
{
	if (fsync(f->fd) < 0)
		return err_sys(e, "sync archive");
	if (give_name(f, name) == 0) {
		f->partial[0] = '\0';
		return 0;
	}
	if (errno == EEXIST)
		return err_kind(e, ERR_BUSY, "%s exists", name);
	return err_sys(e, "name archive %s", name);
}

int outfile_finish(struct outfile *f, struct err *e)
{
	fd_close(&f->fd);
	return fsync(f->dir) < 0 ? err_sys(e, "sync directory") : 0;
}

void outfile_drop(struct outfile *f)
{
	if (f->fd >= 0 && f->partial[0])
		unlinkat(f->dir, f->partial, 0);
	f->partial[0] = '\0';
	fd_close(&f->fd);
}
