/*
 * loop_child - pidfd_open(2) gives a descriptor that becomes readable when the
 * child ends; the child is reaped before the callback.
 */
#include "lib/net/loop_child.h"

#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_child_exit(void *context, uint32_t events)
{
	struct loop_child *c = context;
	int status;

	(void)events;
	if (waitpid(c->pid, &status, WNOHANG) != c->pid)
		return;
	loop_child_remove(c->loop, c);
	c->exited(c->context, status);
}

int loop_child_add(
	struct loop *l, struct loop_child *c, pid_t pid, struct err *e)
{
	long fd = syscall(SYS_pidfd_open, pid, 0);

	if (fd < 0)
		return err_sys(e, "pidfd_open");
	c->pid = pid;
	c->loop = l;
	c->watch = (struct loop_fd){
		.fd = (int)fd,
		.events = EPOLLIN,
		.ready = on_child_exit,
		.context = c,
	};
	if (loop_fd_add(l, &c->watch, e) < 0) {
		close((int)fd);
		c->watch.fd = -1;
		return -1;
	}
	return 0;
}

void loop_child_remove(struct loop *l, struct loop_child *c)
{
	if (c->watch.fd < 0)
		return;
	loop_fd_remove(l, &c->watch);
	close(c->watch.fd);
	c->watch.fd = -1;
}
