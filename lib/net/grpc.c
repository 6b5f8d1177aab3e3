/*
 * grpc - see grpc.h.  nghttp2 keeps the HTTP/2 state and this is its only
 * user; bytes go between it and the socket in a loop with one deadline.
 *
 * A message on the wire is one byte "compressed" (always 0 here), four bytes
 * of length and the bytes.  The status comes in the trailers, or in the only
 * headers when the call fails at once.
 */
#include "lib/net/grpc.h"

#include "lib/base/fd.h"

#include <errno.h>
#include <nghttp2/nghttp2.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define FRAME_BYTES    5 /* in front of each message */
#define READ_BYTES     4096
#define WINDOW_BYTES   (1 << 20) /* flow control: what may be under way */
#define MESSAGE_BYTES  256
#define STATUS_MISSING (-1)

struct grpc {
	int fd;
	int cancel_fd; /* the caller's; -1: none */
	nghttp2_session *session;
	/* the call under way */
	int32_t stream;
	unsigned char head[FRAME_BYTES];
	struct str request;
	size_t sent; /* of head and request */
	struct buf *reply;
	unsigned char reply_head[FRAME_BYTES];
	size_t received; /* of reply_head and the message */
	bool is_too_large;
	bool is_closed;
	uint32_t reset; /* HTTP/2 error code of a stream that broke */
	int http_status;
	int status;
	char message[MESSAGE_BYTES];
};

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static uint32_t be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

/* ---- what nghttp2 tells us ---- */

static int on_header(nghttp2_session *s, const nghttp2_frame *frame,
	const uint8_t *name, size_t name_bytes, const uint8_t *value,
	size_t value_bytes, uint8_t flags, void *user)
{
	struct grpc *g = user;
	struct str n = {(const char *)name, name_bytes};
	struct str v = {(const char *)value, value_bytes};
	uint64_t code;

	(void)s;
	(void)flags;
	if (frame->hd.stream_id != g->stream)
		return 0;
	if (str_is(n, ":status") && str_u64(v, 100, 999, &code) == 0)
		g->http_status = (int)code;
	else if (str_is(n, "grpc-status") && str_u64(v, 0, 1000, &code) == 0)
		g->status = (int)code;
	else if (str_is(n, "grpc-message") &&
		 str_copy(str_sub(v, 0, sizeof g->message - 1), g->message,
			 sizeof g->message) < 0)
		return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
	return 0;
}

/* The five bytes come first, in as many pieces as the peer likes. */
static int on_data(nghttp2_session *s, uint8_t flags, int32_t stream,
	const uint8_t *data, size_t n, void *user)
{
	struct grpc *g = user;

	(void)s;
	(void)flags;
	if (stream != g->stream)
		return 0;
	while (n && g->received < FRAME_BYTES) {
		g->reply_head[g->received++] = *data++;
		n--;
	}
	buf_put(g->reply, data, n);
	g->received += n;
	g->is_too_large = g->reply->full;
	return 0;
}

static int on_close(
	nghttp2_session *s, int32_t stream, uint32_t code, void *user)
{
	struct grpc *g = user;

	(void)s;
	if (stream == g->stream) {
		g->is_closed = true;
		g->reset = code;
	}
	return 0;
}

/* nghttp2 asks for up to `room` bytes of our message. */
static ssize_t on_send(nghttp2_session *s, int32_t stream, uint8_t *to,
	size_t room, uint32_t *flags, nghttp2_data_source *source, void *user)
{
	struct grpc *g = user;
	size_t n = 0;

	(void)s;
	(void)stream;
	(void)source;
	while (n < room && g->sent < FRAME_BYTES)
		to[n++] = g->head[g->sent++];
	if (g->sent >= FRAME_BYTES) {
		size_t at = g->sent - FRAME_BYTES;
		struct str rest = str_sub(g->request, at, room - n);

		memcpy(to + n, rest.p, rest.n);
		n += rest.n;
		g->sent += rest.n;
	}
	if (g->sent == FRAME_BYTES + g->request.n)
		*flags |= NGHTTP2_DATA_FLAG_EOF;
	return (ssize_t)n;
}

static int session_make(struct grpc *g)
{
	static const nghttp2_settings_entry settings[] = {
		{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
		{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, WINDOW_BYTES},
	};
	nghttp2_session_callbacks *c;
	int rc;

	if (nghttp2_session_callbacks_new(&c) != 0)
		return -1;
	nghttp2_session_callbacks_set_on_header_callback(c, on_header);
	nghttp2_session_callbacks_set_on_data_chunk_recv_callback(c, on_data);
	nghttp2_session_callbacks_set_on_stream_close_callback(c, on_close);
	rc = nghttp2_session_client_new(&g->session, c, g);
	nghttp2_session_callbacks_del(c);
	if (rc != 0)
		return -1;
	rc = nghttp2_submit_settings(g->session, NGHTTP2_FLAG_NONE, settings,
		sizeof settings / sizeof *settings);
	if (rc == 0)
		rc = nghttp2_session_set_local_window_size(
			g->session, NGHTTP2_FLAG_NONE, 0, WINDOW_BYTES);
	return rc == 0 ? 0 : -1;
}

static int socket_connect(const char *path, int *out, struct err *e)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	AUTO_FD int fd = -1;

	if (str_copy(str_of(path), to.sun_path, sizeof to.sun_path) < 0)
		return err_kind(e, ERR_USAGE,
			"%s: longer than a socket's path may be", path);
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
	if (socket_connect(path, &g->fd, e) < 0) {
		grpc_close(g);
		return -1;
	}
	if (session_make(g) < 0) {
		grpc_close(g);
		return err_kind(e, ERR_LIMIT, "out of memory");
	}
	*out = g;
	return 0;
}

void grpc_close(struct grpc *g)
{
	if (!g)
		return;
	nghttp2_session_del(g->session);
	fd_close(&g->fd);
	free(g);
}

void grpc_cancel_by(struct grpc *g, int fd)
{
	g->cancel_fd = fd;
}

/* ---- the loop ---- */

/* Write what nghttp2 has; *blocked when the socket takes no more. */
static int flush(struct grpc *g, struct buf *held, bool *blocked, struct err *e)
{
	*blocked = false;
	for (;;) {
		ssize_t n;

		if (!held->n) {
			const uint8_t *p;

			n = nghttp2_session_mem_send(g->session, &p);
			if (n < 0)
				return err_set(e, "HTTP/2: %s",
					nghttp2_strerror((int)n));
			if (n == 0)
				return 0;
			buf_put(held, p, (size_t)n);
			if (held->full)
				return err_kind(e, ERR_LIMIT, "out of memory");
		}
		n = send(g->fd, held->p, held->n, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			*blocked = true;
			return 0;
		}
		if (n < 0)
			return err_sys(e, "send");
		buf_consume(held, (size_t)n);
	}
}

/* Take what the socket has now. */
static int drain(struct grpc *g, struct err *e)
{
	uint8_t bytes[READ_BYTES];
	ssize_t n = recv(g->fd, bytes, sizeof bytes, 0);
	ssize_t used;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n < 0)
		return err_sys(e, "receive");
	if (n == 0)
		return err_set(e, "the peer closed the connection");
	used = nghttp2_session_mem_recv(g->session, bytes, (size_t)n);
	if (used < 0)
		return err_set(e, "HTTP/2: %s", nghttp2_strerror((int)used));
	return 0;
}

static int wait_ready(
	struct grpc *g, bool blocked, uint64_t deadline_ms, struct err *e)
{
	uint64_t now = now_ms();
	uint64_t left = deadline_ms > now ? deadline_ms - now : 0;
	struct pollfd p[] = {
		{.fd = g->fd,
			.events = (short)(POLLIN | (blocked ? POLLOUT : 0))},
		{.fd = g->cancel_fd, .events = POLLIN},
	};
	int rc = left ? poll(p, 2, left > 60000 ? 60000 : (int)left) : 0;

	if (rc < 0 && errno != EINTR)
		return err_sys(e, "poll");
	if (rc > 0 && p[1].revents)
		return err_kind(e, ERR_TIMEOUT, "aborted");
	if (rc == 0 && now_ms() >= deadline_ms)
		return err_kind(e, ERR_TIMEOUT, "no answer in time");
	return 0;
}

#define HELD_BYTES_MAX ((size_t)1 << 20)

static int exchange(struct grpc *g, uint64_t deadline_ms, struct err *e)
{
	AUTO_BUF struct buf held = buf_growing(HELD_BYTES_MAX);

	while (!g->is_closed) {
		bool blocked;

		if (flush(g, &held, &blocked, e) < 0)
			return -1;
		if (wait_ready(g, blocked, deadline_ms, e) < 0)
			return -1;
		if (drain(g, e) < 0)
			return -1;
		if (g->is_too_large)
			return err_kind(e, ERR_LIMIT,
				"reply larger than %zu bytes",
				g->reply->max ? g->reply->max : g->reply->cap);
	}
	return 0;
}

/* ---- one call ---- */

static nghttp2_nv pair(const char *name, const char *value)
{
	nghttp2_nv nv = {
		.name = (uint8_t *)(uintptr_t)name,
		.value = (uint8_t *)(uintptr_t)value,
		.namelen = strlen(name),
		.valuelen = strlen(value),
	};

	return nv; /* nghttp2 copies both */
}

static int submit(struct grpc *g, const char *method, struct err *e)
{
	const nghttp2_nv head[] = {
		pair(":method", "POST"),
		pair(":scheme", "http"),
		pair(":path", method),
		pair(":authority", "localhost"),
		pair("content-type", "application/grpc"),
		pair("user-agent", "keelson"),
		pair("te", "trailers"),
	};
	nghttp2_data_provider body = {.read_callback = on_send};
	int32_t id = nghttp2_submit_request(g->session, NULL, head,
		sizeof head / sizeof *head, &body, NULL);

	if (id < 0)
		return err_set(e, "HTTP/2: %s", nghttp2_strerror(id));
	g->stream = id;
	return 0;
}

static void call_start(struct grpc *g, struct str request, struct buf *reply)
{
	g->request = request;
	g->head[0] = 0; /* not compressed */
	for (int i = 0; i < 4; i++)
		g->head[1 + i] = (unsigned char)(request.n >> (24 - 8 * i));
	g->sent = 0;
	g->reply = reply;
	g->received = 0;
	g->is_too_large = false;
	g->is_closed = false;
	g->reset = 0;
	g->http_status = 0;
	g->status = STATUS_MISSING;
	g->message[0] = '\0';
}

/* The stream is over: was it a reply? */
static int call_judge(struct grpc *g, struct err *e)
{
	if (g->status > GRPC_OK)
		return err_set(e, "%s (gRPC status %d)",
			*g->message ? g->message : "failed", g->status);
	if (g->http_status != 200)
		return err_set(
			e, "not a gRPC peer: HTTP status %d", g->http_status);
	if (g->status == STATUS_MISSING)
		return err_set(e, "the stream broke off (HTTP/2 error %u)",
			(unsigned)g->reset);
	if (g->received < FRAME_BYTES)
		return err_kind(e, ERR_INPUT, "a reply without a message");
	if (g->reply_head[0] != 0)
		return err_kind(e, ERR_INPUT, "a compressed reply");
	if (be32(g->reply_head + 1) != g->received - FRAME_BYTES)
		return err_kind(e, ERR_INPUT,
			"%zu bytes of a reply that says %u",
			g->received - FRAME_BYTES,
			(unsigned)be32(g->reply_head + 1));
	return 0;
}

int grpc_call(struct grpc *g, const char *method, struct str request,
	uint64_t timeout_ms, struct buf *reply, int *status, struct err *e)
{
	int rc;

	if (request.n > UINT32_MAX)
		return err_kind(e, ERR_LIMIT, "%s: request too large", method);
	call_start(g, request, reply);
	rc = submit(g, method, e);
	if (rc == 0)
		rc = exchange(g, now_ms() + timeout_ms, e);
	if (rc == 0)
		rc = call_judge(g, e);
	*status = g->status;
	return rc < 0 ? err_at(e, "%s", method) : 0;
}
