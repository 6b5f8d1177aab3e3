/*
 * hostfs - openat2(2) with RESOLVE_IN_ROOT, and the checks on what was opened.
 *
 * A file is opened with O_NONBLOCK and looked at by fstat(2) before it is
 * read, so its type and owner are those of what is read.
 */
#include "checkpoint-agent/node/hostfs.h"

#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int hostfs_open_root(const char *host_root, int *root, struct err *e)
{
	const char *path = host_root && *host_root ? host_root : "/";

	*root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return *root < 0 ? err_sys(e, "host root %s", path) : 0;
}

static int open_resolved(
	int dir, const char *path, struct open_how how, int *out, struct err *e)
{
	long fd = syscall(SYS_openat2, dir, path, &how, sizeof(how));

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_kind(e, ERR_ABSENT, "%s does not exist", path);
	if (fd < 0)
		return err_sys(e, "open %s", path);
	*out = (int)fd;
	return 0;
}

int hostfs_open(int root, const char *path, int flags, int *out, struct err *e)
{
	const struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT,
	};

	return open_resolved(root, path, how, out, e);
}

int hostfs_open_beneath(
	int dir, const char *path, int flags, int *out, struct err *e)
{
	const struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC),
		.resolve =
			RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
	};

	return open_resolved(dir, *path ? path : ".", how, out, e);
}

const char *hostfs_mount_table(const char *host_root, char out[64])
{
	struct str s = str_of(host_root), pid;

	while (s.n && s.p[s.n - 1] == '/')
		s.n--;
	if (s.n == 0)
		return "/proc/self/mountinfo";
	if (!str_has_prefix(s, STR("/proc/")) ||
		!str_has_suffix(s, STR("/root")))
		return "/proc/1/mountinfo";
	pid = str_sub(s, sizeof("/proc/") - 1, s.n);
	pid.n -= sizeof("/root") - 1;
	snprintf(out, 64, "/proc/%.*s/mountinfo", STR_ARG(pid));
	return out;
}

int hostfs_read(int root, const char *path, struct buf *b, struct err *e)
{
	return hostfs_read_of(root, path, 0, b, e);
}

int hostfs_read_of(int root, const char *path, uint32_t owner_uid,
	struct buf *b, struct err *e)
{
	AUTO_FD int fd = -1;
	struct stat st;

	if (hostfs_open(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, &fd, e) <
		0)
		return -1;
	if (fstat(fd, &st) < 0)
		return err_sys(e, "%s", path);
	if (!S_ISREG(st.st_mode))
		return err_kind(e, ERR_INPUT, "%s is no regular file", path);
	if (owner_uid && st.st_uid != owner_uid)
		return err_kind(e, ERR_DENIED, "%s does not belong to user %u",
			path, (unsigned)owner_uid);
	if (fd_read_all(fd, b, e) < 0)
		return err_at(e, "%s", path);
	return 0;
}
