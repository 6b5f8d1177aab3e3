/*
 * streamer - accept one connection and cut it into requests.
 *
 * A request is received piece by piece and never beyond its end, so that the
 * descriptor always arrives with the byte it belongs to.
 *
 * Names come from CRIU, which has just read the memory of an untrusted
 * container: only plain file names are accepted (criumsg_parse_image()).
 */
#include "checkpoint-agent/dump/streamer.h"

#include "checkpoint-agent/criu/criumsg.h"
#include "lib/base/fd.h"

#include <errno.h>
#include <stdalign.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LENGTH_BYTES 4

static void await_length(struct streamer *s)
{
	s->has_length = false;
	s->have = 0;
	s->want = LENGTH_BYTES;
}

static int take_descriptor(struct msghdr *m, int *fd)
{
	struct cmsghdr *h = CMSG_FIRSTHDR(m);

	if (!h || h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS ||
		h->cmsg_len != CMSG_LEN(sizeof(int)))
		return -1;
	memcpy(fd, CMSG_DATA(h), sizeof(int));
	return 0;
}

/* The message is complete: receive the byte after it, and the pipe. */
static int receive_pipe(struct streamer *s, struct err *e)
{
	struct str name;
	char byte;
	alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
	struct iovec v = {&byte, 1};
	struct msghdr m = {.msg_iov = &v,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control)};
	int fd;

	if (recvmsg(s->peer.fd, &m, MSG_CMSG_CLOEXEC) != 1 ||
		take_descriptor(&m, &fd) < 0)
		return err_set(e, "image streamer: a request without a pipe");
	if (criumsg_parse_image((struct str){s->message, s->have}, &name, e) <
		0) {
		close(fd);
		return -1;
	}
	await_length(s);
	return s->opened(s->context, name, fd, e);
}

static int take_length(struct streamer *s, struct err *e)
{
	const unsigned char *u = (const unsigned char *)s->message;
	uint32_t n = (uint32_t)u[0] | (uint32_t)u[1] << 8 |
		     (uint32_t)u[2] << 16 | (uint32_t)u[3] << 24;

	if (n == 0 || n > sizeof(s->message))
		return err_kind(
			e, ERR_INPUT, "image streamer: message of %u bytes", n);
	s->has_length = true;
	s->have = 0;
	s->want = n;
	return 0;
}

static void end_peer(struct streamer *s)
{
	loop_fd_remove(s->loop, &s->peer);
	fd_close(&s->peer.fd);
	s->ended(s->context);
}

static int receive(struct streamer *s, struct err *e)
{
	ssize_t n;

	if (s->has_length && s->have == s->want)
		return receive_pipe(s, e);
	n = recv(s->peer.fd, s->message + s->have, s->want - s->have, 0);
	if (n < 0)
		return errno == EINTR ? 0 : err_sys(e, "image streamer");
	if (n == 0 && (s->has_length || s->have))
		return err_set(e, "image streamer: a truncated request");
	if (n == 0) {
		end_peer(s);
		return 0;
	}
	s->have += (size_t)n;
	if (!s->has_length && s->have == s->want)
		return take_length(s, e);
	return 0;
}

static void close_watch(struct streamer *s, struct loop_fd *w)
{
	if (!s->loop) /* never started */
		return;
	if (w->fd >= 0)
		loop_fd_remove(s->loop, w);
	fd_close(&w->fd);
}

/* What follows a bad request cannot be trusted: listen no more. */
static void fail_streamer(struct streamer *s, const struct err *e)
{
	streamer_stop(s);
	s->failed(s->context, e);
}

static void on_peer(void *context, uint32_t events)
{
	struct streamer *s = context;
	struct err e = {0};

	(void)events;
	if (receive(s, &e) < 0)
		fail_streamer(s, &e);
}

static void on_listener(void *context, uint32_t events)
{
	struct streamer *s = context;
	struct err e = {0};
	int fd = accept4(s->listener.fd, NULL, NULL, SOCK_CLOEXEC);

	(void)events;
	if (fd < 0)
		return;
	/* CRIU connects once; no other connection is accepted */
	loop_fd_remove(s->loop, &s->listener);
	fd_close(&s->listener.fd);
	s->peer = (struct loop_fd){
		.fd = fd, .events = EPOLLIN, .ready = on_peer, .context = s};
	await_length(s);
	if (loop_fd_add(s->loop, &s->peer, &e) < 0)
		fail_streamer(s, &e);
}

static int listen_at(int at, struct err *e)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	AUTO_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "/proc/self/fd/%d/%s", at,
		STREAMER_SOCKET);
	unlinkat(at, STREAMER_SOCKET, 0); /* of an earlier run */
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
		listen(fd, 1) < 0)
		return err_sys(e, "image stream socket");
	return fd_take(&fd);
}

int streamer_start(struct streamer *s, int at, struct err *e)
{
	s->peer.fd = -1;
	s->listener = (struct loop_fd){.fd = listen_at(at, e),
		.events = EPOLLIN,
		.ready = on_listener,
		.context = s};
	if (s->listener.fd < 0)
		return -1;
	if (loop_fd_add(s->loop, &s->listener, e) == 0)
		return 0;
	fd_close(&s->listener.fd);
	return -1;
}

void streamer_stop(struct streamer *s)
{
	close_watch(s, &s->listener);
	close_watch(s, &s->peer);
}
