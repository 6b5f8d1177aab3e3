/*
 * criu - fork, exec, and one socketpair(2) of type SOCK_SEQPACKET, on which
 * one packet is one message.
 *
 * CRIU opens our directories by /proc/PID/fd/N, so the child inherits no other
 * descriptor.
 */
#include "checkpoint-agent/criu/criu.h"

#include "checkpoint-agent/node/process.h"
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
#include <sys/stat.h>
#include <unistd.h>

#define PACKET_BYTES  4096    /* an answer: mostly cr_errmsg */
#define REQUEST_BYTES 1048576 /* a dump with very many mounts */

static int send_packet(struct criu *c, const struct buf *b, struct err *e)
{
	if (b->full)
		return err_kind(e, ERR_LIMIT, "request to CRIU too large");
	if (c->sock < 0)
		return err_set(e, "CRIU has closed its socket");
	/* A CRIU that has ended says why by its exit status: on_ended(). */
	if (send(c->sock, b->p, b->n, MSG_NOSIGNAL) < 0 && errno != EPIPE)
		return err_sys(e, "send to CRIU");
	return 0;
}

static void report_failure(struct criu *c, const struct err *e)
{
	criu_hang_up(c);
	c->failed(c->context, e);
}

static void take_packet(struct criu *c, struct str packet)
{
	struct criu_answer a;
	struct err e = {0};

	if (criumsg_parse_answer(packet, &a, &e) < 0) {
		report_failure(c, &e);
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
	err_set(&e, "CRIU ended without an answer");
	report_failure(c, &e);
}

static void on_ended(void *context, int status)
{
	struct criu *c = context;

	c->is_running = false;
	/* a killed CRIU leaves children that it forked to probe the kernel */
	process_end_group((uint32_t)c->child.pid, 0);
	c->ended(c->context, status);
}

/*
 * The OOM killer must not choose CRIU: while its parasite code is in a
 * process, the death of CRIU would be that process's too.  A refusal to write
 * is ignored.
 */
static void avoid_oom_kill(void)
{
	AUTO_FD int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd >= 0)
		fd_write(fd, "-1000", 5, NULL);
}

/*
 * CRIU walks the cgroups below the container's by their paths.  In a cgroup
 * namespace of the agent's own, which runtimes make on nodes with version 2,
 * these would begin with "/../.."; process 1 is in the node's namespace.
 * A refusal to enter it is ignored.
 */
static void join_node_cgroups(void)
{
	AUTO_FD int fd = open("/proc/1/ns/cgroup", O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		setns(fd, CLONE_NEWCGROUP);
}

/* In the child: only what is safe after fork(2). */
static void become_criu(const struct loop *loop, const char *program, int sock,
	const char *path)
{
	char number[16], path_is[PATH_MAX + 8], home_is[] = "HOME=/";
	char name[] = "criu", verb[] = "swrk";
	/* not /etc/criu/default.conf, which the node has for other dumps */
	char ours_only[] = "--no-default-config";
	char *argv[] = {name, verb, number, ours_only, NULL};
	char *env[] = {path_is, home_is, NULL};
	int null = open("/dev/null", O_RDWR);

	for (int fd = 0; null >= 0 && fd <= 2; fd++)
		dup2(null, fd);
	avoid_oom_kill();
	join_node_cgroups();
	setsid(); /* the terminal's Ctrl-C is for us, not for CRIU */
	loop_signals_restore(loop);
	fcntl(sock, F_SETFD, 0);
	snprintf(number, sizeof(number), "%d", sock);
	snprintf(path_is, sizeof(path_is), "PATH=%s", path);
	execvpe(program, argv, env); /* searches our PATH, passes the other */
	_exit(127);
}

static int spawn_criu(struct criu *c, const char *program, const char *path,
	int theirs, struct err *e)
{
	pid_t pid = fork();

	if (pid == 0)
		become_criu(c->loop, program, theirs, path);
	if (pid < 0)
		return err_sys(e, "start CRIU");
	c->child.exited = on_ended;
	c->child.context = c;
	if (loop_child_add(c->loop, &c->child, pid, e) < 0) {
		kill(pid, SIGKILL);
		return -1;
	}
	c->is_running = true;
	return 0;
}

void criu_keep_answers(void)
{
	mkdir("/run/criu", 0700);
}

void criu_init(struct criu *c)
{
	c->sock = -1;
	c->is_running = false;
}

int criu_start(struct criu *c, struct loop *loop, const char *program,
	const char *path, struct err *e)
{
	int pair[2];
	AUTO_FD int theirs = -1;

	criu_init(c);
	criu_keep_answers();
	c->loop = loop;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(e, "socket for CRIU");
	c->sock = pair[0];
	theirs = pair[1];
	c->watch = (struct loop_fd){.fd = c->sock,
		.events = EPOLLIN,
		.ready = on_readable,
		.context = c};
	if (loop_fd_add(loop, &c->watch, e) < 0 ||
		spawn_criu(c, program, path, theirs, e) < 0) {
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
