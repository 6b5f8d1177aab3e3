/*
 * grpc - move the bytes of a call between the stream and the socket.
 *
 * grpc_stream has the protocol; here is a loop that sends, polls and receives
 * until the stream is closed, the deadline has passed, or the caller's
 * descriptor aborts it.
 */
#include "lib/net/grpc.h"

#include "lib/base/clock.h"
#include "lib/base/fd.h"
#include "lib/net/grpc_stream.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

#define READ_BYTES     4096
#define HELD_BYTES_MAX ((size_t)1 << 20)
#define POLL_MS_MAX    60000

struct grpc {
	int fd;
	int cancel_fd; /* the caller's; -1: none */
	struct grpc_stream stream;
};

static uint64_t now_ms(void)
{
	return clock_monotonic_ns() / 1000000;
}

static int connect_socket(const char *path, int *out, struct err *e)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	AUTO_FD int fd = -1;

	if (str_copy(str_of(path), to.sun_path, sizeof to.sun_path) < 0)
		return err_kind(e, ERR_USAGE,
			"%s: too long for the path of a socket", path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_sys(e, "socket");
	if (connect(fd, (const struct sockaddr *)&to, sizeof to) < 0)
		return err_sys(e, "connect to %s", path);
	*out = fd_take(&fd);
	return 0;
}

int grpc_open(const char *path, struct grpc **out, struct err *e)
{
	struct grpc *g = calloc(1, sizeof *g);

	if (!g)
		return err_kind(e, ERR_LIMIT, "out of memory");
	g->fd = -1;
	g->cancel_fd = -1;
	if (connect_socket(path, &g->fd, e) < 0 ||
		grpc_stream_open(&g->stream, e) < 0) {
		grpc_close(g);
		return -1;
	}
	*out = g;
	return 0;
}

void grpc_close(struct grpc *g)
{
	if (!g)
		return;
	grpc_stream_close(&g->stream);
	fd_close(&g->fd);
	free(g);
}

void grpc_cancel_by(struct grpc *g, int fd)
{
	g->cancel_fd = fd;
}

/* ---- the loop ----------------------------------------------------------- */

/* Send what the stream has; *is_blocked if the socket takes no more. */
static int send_all(
	struct grpc *g, struct buf *held, bool *is_blocked, struct err *e)
{
	*is_blocked = false;
	for (;;) {
		ssize_t n;

		if (!held->n && grpc_stream_send(&g->stream, held, e) < 0)
			return -1;
		if (!held->n)
			return 0;
		n = send(g->fd, held->p, held->n, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			*is_blocked = true;
			return 0;
		}
		if (n < 0)
			return err_sys(e, "send");
		buf_consume(held, (size_t)n);
	}
}

/* Receive what the socket has now. */
static int receive_some(struct grpc *g, struct err *e)
{
	char bytes[READ_BYTES];
	ssize_t n = recv(g->fd, bytes, sizeof bytes, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n < 0)
		return err_sys(e, "receive");
	if (n == 0)
		return err_set(e, "the peer closed the connection");
	return grpc_stream_receive(
		&g->stream, (struct str){bytes, (size_t)n}, e);
}

static int wait_ready(
	struct grpc *g, bool is_blocked, uint64_t deadline_ms, struct err *e)
{
	short events = (short)(POLLIN | (is_blocked ? POLLOUT : 0));
	uint64_t now = now_ms();
	uint64_t left = deadline_ms > now ? deadline_ms - now : 0;
	struct pollfd p[] = {{.fd = g->fd, .events = events},
		{.fd = g->cancel_fd, .events = POLLIN}};
	int rc = left ? poll(p, 2, left > POLL_MS_MAX ? POLL_MS_MAX : (int)left)
		      : 0;

	if (rc < 0 && errno != EINTR)
		return err_sys(e, "poll");
	if (rc > 0 && p[1].revents)
		return err_kind(e, ERR_TIMEOUT, "aborted");
	if (rc == 0 && now_ms() >= deadline_ms)
		return err_kind(e, ERR_TIMEOUT, "no answer in time");
	return 0;
}

static int exchange(struct grpc *g, uint64_t deadline_ms, struct err *e)
{
	AUTO_BUF struct buf held = buf_growing(HELD_BYTES_MAX);
	const struct grpc_stream *s = &g->stream;

	while (!s->is_closed) {
		bool is_blocked;

		if (send_all(g, &held, &is_blocked, e) < 0 ||
			wait_ready(g, is_blocked, deadline_ms, e) < 0 ||
			receive_some(g, e) < 0)
			return -1;
		if (s->is_too_large)
			return err_kind(e, ERR_LIMIT,
				"reply larger than %zu bytes",
				s->reply->max ? s->reply->max : s->reply->cap);
	}
	return 0;
}

int grpc_call(struct grpc *g, struct grpc_call *c, struct err *e)
{
	int rc;

	c->status = GRPC_STREAM_NO_STATUS;
	if (c->request.n > UINT32_MAX)
		return err_kind(
			e, ERR_LIMIT, "%s: request too large", c->method);
	rc = grpc_stream_begin(&g->stream, c->method, c->request, c->reply, e);
	if (rc == 0)
		rc = exchange(g, now_ms() + c->timeout_ms, e);
	if (rc == 0)
		rc = grpc_stream_check(&g->stream, e);
	c->status = g->stream.status;
	return rc < 0 ? err_at(e, "%s", c->method) : 0;
}
