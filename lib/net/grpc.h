/*
 * grpc - unary gRPC calls over a unix socket.
 *
 * As much of gRPC as the container runtimes' CRI needs: no streaming calls,
 * no compression, no TLS (the permissions of the socket protect it).  Calls
 * block for a stated time; a connection makes one call after the other.
 * Messages are protobuf, which is not looked into.
 * Source: "gRPC over HTTP2" (PROTOCOL-HTTP2.md of gRPC).
 */
#ifndef KEELSON_NET_GRPC_H
#define KEELSON_NET_GRPC_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

/* The codes of grpc-status that callers distinguish (gRPC statuscodes.md). */
enum grpc_status {
	GRPC_OK = 0,
	GRPC_NOT_FOUND = 5,
	GRPC_UNIMPLEMENTED = 12,
};

struct grpc;

/*
 * Connect to the socket at this path; free *out with grpc_close().
 * Errors: ERR_ABSENT no such socket; ERR_USAGE the path is too long.
 */
int grpc_open(const char *path, struct grpc **out, struct err *e);
void grpc_close(struct grpc *g);

/*
 * Abort calls (ERR_TIMEOUT) once this descriptor is readable or hung up.  It
 * stays the caller's; -1, the default: nothing aborts them.
 */
void grpc_cancel_by(struct grpc *g, int fd);

struct grpc_call {
	const char *method; /* "/package.Service/Method" */
	struct str request;
	uint64_t timeout_ms;
	struct buf *reply; /* appended to; its ceiling limits the reply */
	int status;        /* out: grpc-status, -1 if none came */
};

/*
 * Make a call.  0, or -1 without a reply: the peer's grpc-message,
 * ERR_TIMEOUT, ERR_LIMIT, ERR_INPUT, ...  The connection is of no further use
 * after a timeout or a broken stream.
 */
int grpc_call(struct grpc *g, struct grpc_call *c, struct err *e);

#endif
