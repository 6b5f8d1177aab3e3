/*
 * fd - the loops around read(2) and write(2), and files read and replaced with
 * them.  fd_read_all() reads straight into the buffer; when that is full it
 * tries one more byte, to tell a file that just fits from a larger one.
 */
#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_CHUNK_BYTES 65536

void fd_close(int *fd)
{
	int keep = errno;

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = keep;
}

int fd_take(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

int fd_write(int fd, const void *bytes, size_t n, struct err *e)
{
	const char *p = bytes;

	while (n) {
		ssize_t w = write(fd, p, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return err_sys(e, "write");
		p += w;
		n -= (size_t)w;
	}
	return 0;
}

int fd_read(int fd, void *bytes, size_t n, struct err *e)
{
	char *p = bytes;

	while (n) {
		ssize_t r = read(fd, p, n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return err_sys(e, "read");
		if (r == 0)
			return err_kind(
				e, ERR_INPUT, "ends %zu bytes early", n);
		p += r;
		n -= (size_t)r;
	}
	return 0;
}

static size_t chunk_of(const struct buf *b)
{
	size_t left = (b->max ? b->max : b->cap) - b->n;

	return left < READ_CHUNK_BYTES ? left : READ_CHUNK_BYTES;
}

/* One read at the end of b: 1 more may follow, 0 end of file, -1 error. */
static int read_some(int fd, struct buf *b, struct err *e)
{
	size_t want = chunk_of(b);
	char spare = 0; /* for a byte beyond the limit */
	char *at = want ? buf_room(b, want) : &spare;
	ssize_t r;

	if (!at)
		return err_kind(e, ERR_LIMIT, "out of memory");
	do
		r = read(fd, at, want ? want : 1);
	while (r < 0 && errno == EINTR);
	if (!want && r > 0)
		return err_kind(e, ERR_LIMIT, "larger than %zu bytes", b->n);
	b->n -= want - (r > 0 ? (size_t)r : 0);
	if (r < 0)
		return err_sys(e, "read");
	return r > 0;
}

int fd_read_all(int fd, struct buf *b, struct err *e)
{
	int more;

	do
		more = read_some(fd, b, e);
	while (more > 0);
	return more;
}

int file_read_at(int dir, const char *path, struct buf *b, struct err *e)
{
	AUTO_FD int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return err_sys(e, "%s", path);
	if (fd_read_all(fd, b, e) < 0)
		return err_at(e, "%s", path);
	return 0;
}

int file_read(const char *path, struct buf *b, struct err *e)
{
	return file_read_at(AT_FDCWD, path, b, e);
}

/* fsync a path's directory.  Cuts the path to the directory's name. */
static int sync_parent(char *dir, struct err *e)
{
	char *slash = strrchr(dir, '/');
	AUTO_FD int fd = -1;

	if (slash == dir)
		slash++;
	if (slash)
		*slash = '\0';
	fd = open(slash ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) < 0)
		return err_sys(e, "sync directory");
	return 0;
}

static int write_and_sync(
	const char *path, struct str bytes, mode_t mode, struct err *e)
{
	AUTO_FD int fd = open(path,
		O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);

	if (fd < 0)
		return err_sys(e, "create");
	if (fchmod(fd, mode) < 0) /* regardless of the umask */
		return err_sys(e, "set mode");
	if (fd_write(fd, bytes.p, bytes.n, e) < 0)
		return -1;
	if (fsync(fd) < 0)
		return err_sys(e, "sync");
	return 0;
}

int file_write(const char *path, struct str bytes, mode_t mode, struct err *e)
{
	char part[PATH_MAX];
	int n = snprintf(
		part, sizeof part, "%s.%ld.partial", path, (long)getpid());

	if (n < 0 || (size_t)n >= sizeof part)
		return err_set(e, "%s: path too long", path);
	unlink(part);
	if (write_and_sync(part, bytes, mode, e) < 0) {
		unlink(part);
		return err_at(e, "%s", part);
	}
	if (rename(part, path) < 0) {
		err_sys(e, "%s: rename", path);
		unlink(part);
		return -1;
	}
	if (sync_parent(part, e) < 0) /* part and path share it */
		return err_at(e, "%s", path);
	return 0;
}

int dir_make(const char *path, mode_t mode, struct err *e)
{
	char at[PATH_MAX];
	struct stat st;

	if (str_copy(str_of(path), at, sizeof at) < 0)
		return err_set(e, "%s: path too long", path);
	for (char *p = at + 1; *at; p++) {
		bool is_end = *p == '\0';

		if (*p != '/' && !is_end)
			continue;
		*p = '\0';
		if (mkdir(at, mode) < 0 && errno != EEXIST)
			return err_sys(e, "%s", at);
		if (is_end)
			break;
		*p = '/';
	}
	if (stat(path, &st) < 0)
		return err_sys(e, "%s", path);
	if (!S_ISDIR(st.st_mode))
		return err_set(e, "%s: not a directory", path);
	return 0;
}

int dir_check_owner(int fd, const char *name, mode_t forbidden, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(e, "%s", name);
	if (st.st_uid != geteuid())
		return err_kind(e, ERR_DENIED,
			"%s belongs to user %u: remove it, or choose another "
			"directory",
			name, (unsigned)st.st_uid);
	if (st.st_mode & forbidden)
		return err_kind(e, ERR_DENIED,
			"%s has mode %04o: others may use it", name,
			(unsigned)(st.st_mode & 07777));
	return 0;
}
