/*
 * spill - an O_TMPFILE, a file in memory or a named file; splice(2) fills it.
 *
 * Memory is that of a ramfs which is mounted nowhere: the kernel never swaps
 * its pages, and does those of a memfd.
 * On a file system without O_TMPFILE a named file is unlinked at once.
 */
#include "checkpoint-agent/dump/spill.h"

#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COPY_BYTES 65536

/* A file of a ramfs of its own, which ends with it; -1: not permitted. */
static int open_unswapped(void)
{
	AUTO_FD int fs = (int)syscall(SYS_fsopen, "ramfs", FSOPEN_CLOEXEC);
	AUTO_FD int mount = -1;

	if (fs < 0 || syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL,
			      0) < 0)
		return -1;
	mount = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0);
	if (mount < 0)
		return -1;
	return openat(mount, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

int spill_open(struct spill *s, int dir, bool in_memory, struct err *e)
{
	*s = (struct spill){0};
	if (in_memory) {
		s->fd = open_unswapped();
		if (s->fd < 0)
			s->fd = memfd_create("spill", MFD_CLOEXEC);
		return s->fd < 0 ? err_sys(e, "spill memory") : 0;
	}
	s->fd = openat(dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (s->fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
		s->fd = openat(dir, ".spill",
			O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
		unlinkat(dir, ".spill", 0);
	}
	return s->fd < 0 ? err_sys(e, "spill file") : 0;
}

int spill_keep(struct spill *s, int dir, const char *name, struct err *e)
{
	*s = (struct spill){0};
	s->fd = openat(dir, name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	return s->fd < 0 ? err_sys(e, "keep %s", name) : 0;
}

int spill_put(struct spill *s, struct str bytes, struct err *e)
{
	s->size += bytes.n;
	return fd_write(s->fd, bytes.p, bytes.n, e);
}

int spill_take(struct spill *s, int pipe, size_t *got, struct err *e)
{
	ssize_t n;

	do
		n = splice(pipe, NULL, s->fd, NULL, FLOW_TAKE_BYTES,
			SPLICE_F_MOVE);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(e, "spill file");
	*got = (size_t)n;
	s->size += *got;
	return 0;
}

int spill_pour(struct spill *s, struct tarball *to, struct err *e)
{
	static char room[COPY_BYTES]; /* one archive in a process */
	uint64_t left = s->size;

	if (lseek(s->fd, 0, SEEK_SET) < 0)
		return err_sys(e, "spill file");
	while (left) {
		size_t n = left < sizeof(room) ? (size_t)left : sizeof(room);

		if (fd_read(s->fd, room, n, e) < 0 ||
			tarball_put(to, room, n, e) < 0)
			return -1;
		left -= n;
	}
	spill_close(s);
	return 0;
}

void spill_close(struct spill *s)
{
	fd_close(&s->fd);
	s->size = 0;
}
