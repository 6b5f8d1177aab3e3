/*
 * netns - see netns.h; network_namespaces(7), netdevice(7).
 *
 * A child makes the namespace, so that ours stays the one it is.
 */
#include "checkpoint-agent/netns.h"

#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int set_up_lo(void)
{
	struct ifreq r = {.ifr_name = "lo"};
	AUTO_FD int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (s < 0 || ioctl(s, SIOCGIFFLAGS, &r) < 0)
		return -1;
	r.ifr_flags |= IFF_UP;
	return ioctl(s, SIOCSIFFLAGS, &r);
}

/* In the child: the exit code is errno. */
static int make_here(const char *path)
{
	if (unshare(CLONE_NEWNET) < 0 || set_up_lo() < 0 ||
		mount("/proc/self/ns/net", path, NULL, MS_BIND, NULL) < 0)
		return errno;
	return 0;
}

int netns_make(const char *path, struct err *e)
{
	AUTO_FD int fd =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int status = -1;
	pid_t pid;

	if (fd < 0)
		return err_sys(e, "%s", path);
	pid = fork();
	if (pid == 0)
		_exit(make_here(path));
	if (pid < 0)
		return err_sys(e, "network namespace");
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	errno = WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
	return err_sys(e, "network namespace");
}

void netns_forget(const char *path)
{
	umount2(path, MNT_DETACH);
	unlink(path);
}
