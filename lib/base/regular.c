/*
 * regular - open without waiting, then ask the descriptor what it is.
 *
 * The check is on the descriptor, so the name cannot be replaced between the
 * two.  O_NONBLOCK has no effect on a regular file and stays set.
 */
#include "lib/base/regular.h"

#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FLAGS (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

static int check_opened(int fd, const char *path, struct err *e)
{
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return err_kind(e, ERR_ABSENT, "%s does not exist", path);
	if (fd < 0 && (errno == ELOOP || errno == EXDEV))
		return err_kind(e, ERR_INPUT,
			"%s: a symbolic link, which is not followed: name the "
			"file itself",
			path);
	/* ENXIO: open(2) of a socket, or of a device that is not there */
	if (fd < 0 && errno != ENXIO)
		return err_sys(e, "%s", path);
	if (fd >= 0 && fstat(fd, &st) < 0)
		return err_sys(e, "%s", path);
	if (fd < 0 || !S_ISREG(st.st_mode))
		return err_kind(e, ERR_INPUT, "%s: not a regular file", path);
	return 0;
}

/* The caller's own descriptor, as /dev/fd/3, is no link that others made. */
static bool is_own(const char *path)
{
	const struct str own[] = {
		STR("/proc/self/fd/"), STR("/dev/fd/"), STR("/dev/stdin")};

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (str_has_prefix(str_of(path), own[i]))
			return true;
	return false;
}

int regular_open(const char *path, int *out, struct err *e)
{
	AUTO_FD int fd = open(path, is_own(path) ? FLAGS & ~O_NOFOLLOW : FLAGS);

	if (check_opened(fd, path, e) < 0)
		return -1;
	*out = fd_take(&fd);
	return 0;
}

int regular_open_at(int dir, const char *path, int *out, struct err *e)
{
	struct open_how how = {.flags = FLAGS,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
	AUTO_FD int fd =
		(int)syscall(SYS_openat2, dir, path, &how, sizeof(how));

	if (check_opened(fd, path, e) < 0)
		return -1;
	*out = fd_take(&fd);
	return 0;
}

int regular_read_at(int dir, const char *path, struct buf *b, struct err *e)
{
	AUTO_FD int fd = -1;

	if (regular_open_at(dir, path, &fd, e) < 0)
		return -1;
	return fd_read_all(fd, b, e) < 0 ? err_at(e, "%s", path) : 0;
}
