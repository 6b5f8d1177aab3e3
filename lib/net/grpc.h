/*
 * grpc - one question, one answer over gRPC on a unix socket.
 *
 * As much of gRPC as the container runtimes' CRI needs: unary calls, no
 * compression, no TLS (the socket's file permissions are the door), over
 * HTTP/2 by nghttp2.  Calls block up to a stated time; one connection makes
 * one call after another.
 *
 * Follows "gRPC over HTTP2" (PROTOCOL-HTTP2.md of gRPC).  Messages are
 * protobuf, which this file does not look into.
 */
#ifndef KEELSON_NET_GRPC_H
#define KEELSON_NET_GRPC_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

/* Codes of grpc-status that callers tell apart (gRPC statuscodes.md). */
enum grpc_status {
	GRPC_OK = 0,
	GRPC_NOT_FOUND = 5,
	GRPC_UNIMPLEMENTED = 12,
};

struct grpc;

/*
 * Connect to a socket by its path.  Errors: ERR_ABSENT when nothing is
 * there.  0 or -1; *out is released with grpc_close().
 */
int grpc_open(const char *path, struct grpc **out, struct err *e);
void grpc_close(struct grpc *g);

/*
 * Calls end early (ERR_TIMEOUT) once this descriptor is readable or its peer
 * has hung up.  It stays the caller's; -1: nothing ends them.
 */
void grpc_cancel_by(struct grpc *g, int fd);

/*
 * Call "/package.Service/Method" with the request's bytes; the reply's bytes
 * are appended to reply, whose ceiling bounds them.  *status is the peer's
 * grpc-status when it gave one.  -1: no reply (e says why: the peer's
 * grpc-message, ERR_TIMEOUT, ERR_LIMIT, ...); after a timeout or a broken
 * stream the connection is of no more use.
 */
int grpc_call(struct grpc *g, const char *method, struct str request,
	uint64_t timeout_ms, struct buf *reply, int *status, struct err *e);

#endif
