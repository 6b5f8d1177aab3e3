/*
 * criu - see criu.h.
 *
 * The socket is SOCK_SEQPACKET: one packet is one message.  CRIU takes our
 * directories by /proc/PID/fd, so no descriptor needs to be inherited.
 */
#include "checkpoint-agent/criu.h"

#include "checkpoint-agent/process.h"
#include "lib/base/buf.h"
#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PACKET_BYTES  4096    /* an answer: mostly cr_errmsg */
#define REQUEST_BYTES 1048576 /* a dump with very many mounts */

static int send_packet(struct criu *c, const struct buf *b, struct err *e)
{
	if (b->full)
		return err_kind(e, ERR_LIMIT, "request to criu too large");
	if (c->sock < 0)
		return err_set(e, "criu has hung up");
	if (send(c->sock, b->p, b->n, MSG_NOSIGNAL) < 0)
		return err_sys(e, "send to criu");
	return 0;
}

static void tell_failure(struct criu *c, const struct err *e)
{
	criu_hang_up(c);
	c->failed(c->context, e);
}

static void take_packet(struct criu *c, struct str packet)
{
	struct criu_answer a;
	struct err e = {0};

	if (criumsg_parse_answer(packet, &a, &e) < 0) {
		tell_failure(c, &e);
		return;
	}
	if (a.verb == CRIU_NOTIFY)
		c->notified(c->context, a.script);
	else
		c->answered(c->context, &a);
}

static void on_readable(void *context, uint32_t events)
{
	struct criu *c = context;
	struct err e = {0};
	char packet[PACKET_BYTES];
	ssize_t n;

	(void)events;
	n = recv(c->sock, packet, sizeof(packet), MSG_DONTWAIT);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0) {
		take_packet(c, (struct str){packet, (size_t)n});
		return;
	}
	err_set(&e, "criu ended without an answer");
	tell_failure(c, &e);
}

static void on_ended(void *context, int status)
{
	struct criu *c = context;

	c->is_running = false;
	/* Killed, it leaves children behind that probed the kernel. */
	process_end_group((uint32_t)c->child.pid, 0);
	c->ended(c->context, status);
}

/*
 * Not for the kernel to choose when memory is short: while CRIU has its code
 * in a process, its death would be that process's too.  May be refused.
 */
static void avoid_oom_kill(void)
{
	AUTO_FD int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd >= 0)
		fd_write(fd, "-1000", 5, NULL);
}

/*
 * CRIU walks the cgroups below the container's by their path, which leads out
 * of a cgroup namespace that is the agent's own ("/../..."): runtimes make one
 * for it on nodes of version 2.  Process 1 is the node's.  May be refused.
 */
static void join_node_cgroups(void)
{
	AUTO_FD int fd = open("/proc/1/ns/cgroup", O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		setns(fd, CLONE_NEWCGROUP);
}

/* The child: from here on only what is safe behind fork(). */
static void become_criu(const struct loop *loop, const char *program, int sock,
	const char *path)
{
	char number[16], path_is[PATH_MAX + 8], home_is[] = "HOME=/";
	char name[] = "criu", verb[] = "swrk";
	char *argv[] = {name, verb, number, NULL};
	char *env[] = {path_is, home_is, NULL};
	int null = open("/dev/null", O_RDWR);

	for (int fd = 0; null >= 0 && fd <= 2; fd++)
		dup2(null, fd);
	avoid_oom_kill();
	join_node_cgroups();
	setsid(); /* a Ctrl-C is for us to handle, not for it */
	loop_signals_restore(loop);
	fcntl(sock, F_SETFD, 0);
	snprintf(number, sizeof(number), "%d", sock);
	snprintf(path_is, sizeof(path_is), "PATH=%s", path);
	execvpe(program, argv, env); /* found by our PATH, runs with its own */
	_exit(127);
}

static int spawn(struct criu *c, const char *program, const char *path,
	int theirs, struct err *e)
{
	pid_t pid = fork();

	if (pid == 0)
		become_criu(c->loop, program, theirs, path);
	if (pid < 0)
		return err_sys(e, "start criu");
	c->child.exited = on_ended;
	c->child.context = c;
	if (loop_child_add(c->loop, &c->child, pid, e) < 0) {
		kill(pid, SIGKILL);
		return -1;
	}
	c->is_running = true;
	return 0;
}

int criu_start(struct criu *c, struct loop *loop, const char *program,
	const char *path, struct err *e)
{
	int pair[2];
	AUTO_FD int theirs = -1;

	c->loop = loop;
	c->sock = -1;
	c->is_running = false;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(e, "socket for criu");
	c->sock = pair[0];
	theirs = pair[1];
	c->watch = (struct loop_fd){.fd = c->sock,
		.events = EPOLLIN,
		.ready = on_readable,
		.context = c};
	if (loop_fd_add(loop, &c->watch, e) < 0 ||
		spawn(c, program, path, theirs, e) < 0) {
		criu_hang_up(c);
		return -1;
	}
	return 0;
}

int criu_send_dump(struct criu *c, const struct criu_dump *d, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(REQUEST_BYTES);

	criumsg_put_dump(&b, d);
	return send_packet(c, &b, e);
}

int criu_go_on(struct criu *c, bool is_good, struct err *e)
{
	char room[16];
	struct buf b = buf_fixed(room, sizeof(room));

	criumsg_put_notify(&b, is_good);
	return send_packet(c, &b, e);
}

void criu_hang_up(struct criu *c)
{
	if (c->sock >= 0)
		loop_fd_remove(c->loop, &c->watch);
	fd_close(&c->sock);
}

void criu_kill(struct criu *c)
{
	if (c->is_running)
		kill(c->child.pid, SIGKILL);
}
