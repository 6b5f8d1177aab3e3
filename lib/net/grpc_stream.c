/*
 * grpc_stream - the adapter of nghttp2, which keeps the HTTP/2 state.
 *
 * A message on the wire is a byte "compressed" (always 0 here), four bytes of
 * length, and the message.  The status comes in the trailers, or in the only
 * headers if the call fails at once; callbacks collect both.
 */
#include "lib/net/grpc_stream.h"

#include <nghttp2/nghttp2.h>
#include <string.h>

#define WINDOW_BYTES (1 << 20) /* of flow control */

static uint32_t be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static int fail_http2(ssize_t code, struct err *e)
{
	return err_set(e, "HTTP/2: %s", nghttp2_strerror((int)code));
}

/* ---- callbacks ---------------------------------------------------------- */

static int on_header(nghttp2_session *session, const nghttp2_frame *frame,
	const uint8_t *name, size_t name_bytes, const uint8_t *value,
	size_t value_bytes, uint8_t flags, void *user)
{
	struct grpc_stream *s = user;
	struct str n = {(const char *)name, name_bytes};
	struct str v = {(const char *)value, value_bytes};
	uint64_t code;

	(void)session;
	(void)flags;
	if (frame->hd.stream_id != s->id)
		return 0;
	if (str_is(n, ":status") && str_u64(v, 100, 999, &code) == 0)
		s->http_status = (int)code;
	else if (str_is(n, "grpc-status") && str_u64(v, 0, 1000, &code) == 0)
		s->status = (int)code;
	else if (str_is(n, "grpc-message") &&
		 str_copy(str_sub(v, 0, sizeof s->message - 1), s->message,
			 sizeof s->message) < 0)
		return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
	return 0;
}

/* The five bytes of the frame come first, possibly in several pieces. */
static int on_data(nghttp2_session *session, uint8_t flags, int32_t stream,
	const uint8_t *data, size_t n, void *user)
{
	struct grpc_stream *s = user;

	(void)session;
	(void)flags;
	if (stream != s->id)
		return 0;
	while (n && s->received < GRPC_STREAM_FRAME_BYTES) {
		s->reply_head[s->received++] = *data++;
		n--;
	}
	buf_put(s->reply, data, n);
	s->received += n;
	s->is_too_large = s->reply->full;
	return 0;
}

static int on_close(
	nghttp2_session *session, int32_t stream, uint32_t code, void *user)
{
	struct grpc_stream *s = user;

	(void)session;
	if (stream == s->id) {
		s->is_closed = true;
		s->reset = code;
	}
	return 0;
}

/* Give nghttp2 up to `room` bytes of frame and request. */
static ssize_t on_send(nghttp2_session *session, int32_t stream, uint8_t *to,
	size_t room, uint32_t *flags, nghttp2_data_source *source, void *user)
{
	struct grpc_stream *s = user;
	size_t n = 0;

	(void)session;
	(void)stream;
	(void)source;
	while (n < room && s->sent < GRPC_STREAM_FRAME_BYTES)
		to[n++] = s->head[s->sent++];
	if (s->sent >= GRPC_STREAM_FRAME_BYTES) {
		size_t at = s->sent - GRPC_STREAM_FRAME_BYTES;
		struct str rest = str_sub(s->request, at, room - n);

		memcpy(to + n, rest.p, rest.n);
		n += rest.n;
		s->sent += rest.n;
	}
	if (s->sent == GRPC_STREAM_FRAME_BYTES + s->request.n)
		*flags |= NGHTTP2_DATA_FLAG_EOF;
	return (ssize_t)n;
}

static int make_session(struct grpc_stream *s)
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
	rc = nghttp2_session_client_new(&s->session, c, s);
	nghttp2_session_callbacks_del(c);
	if (rc != 0)
		return -1;
	rc = nghttp2_submit_settings(s->session, NGHTTP2_FLAG_NONE, settings,
		sizeof settings / sizeof *settings);
	if (rc == 0)
		rc = nghttp2_session_set_local_window_size(
			s->session, NGHTTP2_FLAG_NONE, 0, WINDOW_BYTES);
	return rc == 0 ? 0 : -1;
}

int grpc_stream_open(struct grpc_stream *s, struct err *e)
{
	*s = (struct grpc_stream){.session = NULL};
	return make_session(s) < 0 ? err_kind(e, ERR_LIMIT, "out of memory")
				   : 0;
}

void grpc_stream_close(struct grpc_stream *s)
{
	nghttp2_session_del(s->session);
	s->session = NULL;
}

/* ---- one call ----------------------------------------------------------- */

static nghttp2_nv make_header(const char *name, const char *value)
{
	nghttp2_nv nv = {
		.name = (uint8_t *)(uintptr_t)name,
		.value = (uint8_t *)(uintptr_t)value,
		.namelen = strlen(name),
		.valuelen = strlen(value),
	};

	return nv; /* nghttp2 copies both */
}

static int submit_request(
	struct grpc_stream *s, const char *method, struct err *e)
{
	const nghttp2_nv head[] = {
		make_header(":method", "POST"),
		make_header(":scheme", "http"),
		make_header(":path", method),
		make_header(":authority", "localhost"),
		make_header("content-type", "application/grpc"),
		make_header("user-agent", "keelson"),
		make_header("te", "trailers"),
	};
	nghttp2_data_provider body = {.read_callback = on_send};
	int32_t id = nghttp2_submit_request(s->session, NULL, head,
		sizeof head / sizeof *head, &body, NULL);

	if (id < 0)
		return fail_http2(id, e);
	s->id = id;
	return 0;
}

int grpc_stream_begin(struct grpc_stream *s, const char *method,
	struct str request, struct buf *reply, struct err *e)
{
	*s = (struct grpc_stream){.session = s->session,
		.request = request,
		.reply = reply,
		.status = GRPC_STREAM_NO_STATUS};
	for (int i = 0; i < 4; i++)
		s->head[1 + i] = (unsigned char)(request.n >> (24 - 8 * i));
	return submit_request(s, method, e);
}

int grpc_stream_send(struct grpc_stream *s, struct buf *out, struct err *e)
{
	const uint8_t *p;
	ssize_t n = nghttp2_session_mem_send(s->session, &p);

	if (n < 0)
		return fail_http2(n, e);
	buf_put(out, p, (size_t)n);
	return out->full ? err_kind(e, ERR_LIMIT, "out of memory") : 0;
}

int grpc_stream_receive(struct grpc_stream *s, struct str bytes, struct err *e)
{
	ssize_t used = nghttp2_session_mem_recv(
		s->session, (const uint8_t *)bytes.p, bytes.n);

	return used < 0 ? fail_http2(used, e) : 0;
}

/* Is the message complete and as long as its frame says? */
static int check_message(const struct grpc_stream *s, struct err *e)
{
	size_t got = s->received - GRPC_STREAM_FRAME_BYTES;
	uint32_t said = be32(s->reply_head + 1);

	if (s->received < GRPC_STREAM_FRAME_BYTES)
		return err_kind(e, ERR_INPUT, "reply without a message");
	if (s->reply_head[0] != 0)
		return err_kind(e, ERR_INPUT, "reply is compressed");
	if (said != got)
		return err_kind(e, ERR_INPUT,
			"reply of %zu bytes with a length of %u", got,
			(unsigned)said);
	return 0;
}

int grpc_stream_check(const struct grpc_stream *s, struct err *e)
{
	if (s->status > 0)
		return err_set(e, "%s (gRPC status %d)",
			*s->message ? s->message : "failed", s->status);
	if (s->http_status != 200)
		return err_set(
			e, "not a gRPC peer: HTTP status %d", s->http_status);
	if (s->status == GRPC_STREAM_NO_STATUS)
		return err_set(e, "the stream broke off (HTTP/2 error %u)",
			(unsigned)s->reset);
	return check_message(s, e);
}
