/*
 * hostfs - see hostfs.h.
 */
#include "checkpoint-agent/resolve/hostfs.h"

#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int hostfs_open_root(const char *host_root, int *root, struct err *e)
{
	const char *path = host_root && *host_root ? host_root : "/";

	*root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return *root < 0 ? err_sys(e, "host root %s", path) : 0;
}

int hostfs_open(int root, const char *path, int flags, int *out, struct err *e)
{
	struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT,
	};
	long fd = syscall(SYS_openat2, root, path, &how, sizeof(how));

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_kind(e, ERR_ABSENT, "%s does not exist", path);
	if (fd < 0)
		return err_sys(e, "open %s", path);
	*out = (int)fd;
	return 0;
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
		return err_kind(e, ERR_DENIED, "%s is not of user %u", path,
			(unsigned)owner_uid);
	if (fd_read_all(fd, b, e) < 0)
		return err_at(e, "%s", path);
	return 0;
}
