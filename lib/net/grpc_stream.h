/*
 * grpc_stream - one gRPC call as an HTTP/2 stream: bytes in, bytes out.
 *
 * No sockets: grpc.c moves the bytes.  A session carries one call after the
 * other.
 * Source: "gRPC over HTTP2" (PROTOCOL-HTTP2.md of gRPC); RFC 9113.
 */
#ifndef KEELSON_NET_GRPC_STREAM_H
#define KEELSON_NET_GRPC_STREAM_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

#define GRPC_STREAM_FRAME_BYTES 5 /* before each message */
#define GRPC_STREAM_TEXT_BYTES  256
#define GRPC_STREAM_NO_STATUS   (-1)

struct nghttp2_session;

struct grpc_stream {
	struct nghttp2_session *session; /* owned */
	int32_t id;                      /* of the current call */
	/* the request */
	unsigned char head[GRPC_STREAM_FRAME_BYTES];
	struct str request; /* not owned */
	size_t sent;        /* bytes of head and request */
	/* the reply */
	struct buf *reply; /* not owned */
	unsigned char reply_head[GRPC_STREAM_FRAME_BYTES];
	size_t received; /* bytes of reply_head and message */
	bool is_too_large;
	bool is_closed;
	uint32_t reset; /* HTTP/2 error code of a broken stream */
	int http_status;
	int status; /* grpc-status, or GRPC_STREAM_NO_STATUS */
	char message[GRPC_STREAM_TEXT_BYTES];
};

/* Start a session.  Errors: ERR_LIMIT out of memory. */
int grpc_stream_open(struct grpc_stream *s, struct err *e);
void grpc_stream_close(struct grpc_stream *s);

/*
 * Begin a call of "/package.Service/Method".  request and reply must last
 * until is_closed.
 */
int grpc_stream_begin(struct grpc_stream *s, const char *method,
	struct str request, struct buf *reply, struct err *e);

/* Append what is to be sent now, if anything, to out. 0 or -1. */
int grpc_stream_send(struct grpc_stream *s, struct buf *out, struct err *e);

/* Take received bytes. 0 or -1. */
int grpc_stream_receive(struct grpc_stream *s, struct str bytes, struct err *e);

/*
 * Once the stream is closed: was there a reply?  Errors: the peer's
 * grpc-message; ERR_INPUT a malformed message; a broken stream.
 */
int grpc_stream_check(const struct grpc_stream *s, struct err *e);

#endif
