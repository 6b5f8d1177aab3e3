/*
 * exchange - one HTTP/1.1 request and its answer at a time over a wire, for a
 * client that waits (RFC 9112).
 *
 * A request is sent, the head of its answer read, then its body; after that
 * the connection is kept for the next request if both sides allow.  A server
 * that answers and hangs up before it has read the whole request is heard.
 * Limits: heads as in http_head.h; a body as long as the caller says; every
 * wait as in wire.h.
 */
#ifndef KEELSON_NET_EXCHANGE_H
#define KEELSON_NET_EXCHANGE_H

#include "lib/base/buf.h"
#include "lib/net/http.h"
#include "lib/net/wire.h"

struct exchange {
	struct wire wire;
	struct buf in; /* owned: the head, and what came behind it */
	size_t head_bytes;
	struct http_response answer; /* views into `in` */
	bool is_kept;                /* it may take another request */
};

struct exchange_request {
	struct str head;      /* request line, fields, empty line */
	struct str body;      /* in memory, or: */
	int body_fd;          /* if body_bytes > 0, from ... */
	uint64_t body_offset; /* ... here in the file */
	uint64_t body_bytes;
	bool is_head; /* HEAD: the answer has no body */
	/* told of each part of the body that was sent; or NULL */
	void (*sent)(void *context, uint64_t bytes);
	void *context;
};

void exchange_open(struct exchange *x);
void exchange_close(struct exchange *x);

/*
 * Send the request; the wire is open.  Then read the head of the answer;
 * interim answers (1xx) are skipped.  The views in x->answer are valid until
 * the body is read.  0 or -1: the connection is closed then.
 */
int exchange_ask(
	struct exchange *x, const struct exchange_request *r, struct err *e);

/*
 * Read the body; take is called with each piece.  ERR_LIMIT: more than
 * max_bytes; ERR_INPUT: it broke off, or its framing is wrong; or an error of
 * take.
 */
int exchange_body(struct exchange *x, uint64_t max_bytes,
	int (*take)(void *context, struct str piece, struct err *e),
	void *context, struct err *e);

#endif
