/*
 * tcp_repair - copy every socket of a process by pidfd_getfd(2), which works
 * on a frozen one too, and switch repair mode off.
 *
 * Needs CAP_SYS_PTRACE and CAP_NET_ADMIN, which the back process has.
 */
#include "checkpoint-agent/dump/tcp_repair.h"

#include "lib/base/dir.h"
#include "lib/base/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PROCS_BYTES_MAX (1u << 20)

static int get_option(int fd, int level, int name)
{
	int value = 0;
	socklen_t n = sizeof(value);

	return getsockopt(fd, level, name, &value, &n) < 0 ? -1 : value;
}

static int unrepair_socket(int fd, size_t *mended, struct err *e)
{
	int off = 0;

	if (get_option(fd, SOL_SOCKET, SO_PROTOCOL) != IPPROTO_TCP ||
		get_option(fd, IPPROTO_TCP, TCP_REPAIR) <= 0)
		return 0;
	if (setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &off, sizeof(off)) < 0)
		return err_sys(e, "end the repair mode of a connection");
	(*mended)++;
	return 0;
}

static bool is_socket(int dir, const char *name)
{
	char target[16] = "";

	return readlinkat(dir, name, target, sizeof(target) - 1) > 0 &&
	       strncmp(target, "socket:", 7) == 0;
}

static int unrepair_fd(
	int pidfd, const char *number, size_t *mended, struct err *e)
{
	uint64_t theirs;
	AUTO_FD int fd = -1;

	if (str_u64(str_of(number), 0, INT32_MAX, &theirs) < 0)
		return 0;
	fd = (int)syscall(SYS_pidfd_getfd, pidfd, (int)theirs, 0);
	if (fd < 0) /* closed, or its process has ended */
		return errno == EBADF || errno == ESRCH
			       ? 0
			       : err_sys(e, "copy a socket");
	return unrepair_socket(fd, mended, e);
}

static int unrepair_all(int pidfd, DIR *d, size_t *mended, struct err *e)
{
	const struct dirent *entry;
	struct err why = {0};
	int result = 0, more = 0;

	while (result == 0 && (more = dir_next(d, &entry, &why)) > 0)
		if (is_socket(dirfd(d), entry->d_name))
			result = unrepair_fd(pidfd, entry->d_name, mended, e);
	if (more == 0 || why.sys == ENOENT || why.sys == ESRCH)
		return result; /* all, or the process has ended */
	return err_set(e, "%s", why.text);
}

int tcp_repair_process(pid_t pid, size_t *mended, struct err *e)
{
	AUTO_FD int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	char path[32];
	DIR *d;
	int result;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	if (pidfd < 0)
		return errno == ESRCH ? 0 : err_sys(e, "process %d", (int)pid);
	d = opendir(path);
	if (d == NULL)
		return errno == ENOENT ? 0 : err_sys(e, "%s", path);
	result = unrepair_all(pidfd, d, mended, e);
	closedir(d);
	return result < 0 ? err_at(e, "process %d", (int)pid) : 0;
}

int tcp_repair_cgroup(const char *dir, size_t *mended, struct err *e)
{
	AUTO_BUF struct buf procs = buf_growing(PROCS_BYTES_MAX);
	AUTO_FD int at = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct str rest, line;
	struct err why = {0};
	uint64_t pid;

	*mended = 0;
	if (at < 0)
		return errno == ENOENT ? 0 : err_sys(e, "%s", dir);
	if (file_read_at(at, "cgroup.procs", &procs, &why) < 0) {
		if (why.sys == ENOENT || why.sys == ENODEV)
			return 0;
		return err_kind(e, why.kind, "%s/%s", dir, why.text);
	}
	rest = buf_view(&procs);
	while (str_cut(&rest, '\n', &line))
		if (str_u64(line, 1, INT32_MAX, &pid) == 0 &&
			tcp_repair_process((pid_t)pid, mended, e) < 0)
			return -1;
	return 0;
}
