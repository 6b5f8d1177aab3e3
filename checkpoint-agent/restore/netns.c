/*
 * netns - make a network namespace in a child process.
 *
 * The child leaves our namespace, brings its loopback up and bind-mounts
 * /proc/self/ns/net, so that the calling process keeps its own namespace.
 * See network_namespaces(7) and netdevice(7).
 */
#include "checkpoint-agent/restore/netns.h"

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

static int raise_loopback(void)
{
	struct ifreq r = {.ifr_name = "lo"};
	AUTO_FD int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (s < 0 || ioctl(s, SIOCGIFFLAGS, &r) < 0)
		return -1;
	r.ifr_flags |= IFF_UP;
	return ioctl(s, SIOCSIFFLAGS, &r);
}

/* Runs in the child; returns errno as its exit status. */
static int enter_new_net(const char *path)
{
	if (unshare(CLONE_NEWNET) < 0 || raise_loopback() < 0 ||
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
		_exit(enter_new_net(path));
	if (pid < 0)
		return err_sys(e, "make network namespace %s", path);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	errno = WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
	return err_sys(e, "make network namespace %s", path);
}

void netns_release(const char *path)
{
	umount2(path, MNT_DETACH);
	unlink(path);
}
