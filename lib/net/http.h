/*
 * http - a strict subset of HTTP/1.1 (RFC 9112), for servers and clients.
 *
 * Pure functions over bytes: no sockets, no allocation.  Views in a parsed
 * head point into the bytes given, which the caller keeps.  Fields are found
 * there anew each time, so that their number needs no limit of its own.
 *
 * Strict means: every line ends in CR LF; there are no folded fields, no
 * blanks before a colon and no control bytes; an HTTP/1.1 request has exactly
 * one Host; a message has Content-Length or Transfer-Encoding or neither, and
 * that once.  Request smuggling needs two parsers that disagree on where a
 * message ends; a message that both could read differently is refused here.
 */
#ifndef KEELSON_NET_HTTP_H
#define KEELSON_NET_HTTP_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/str.h"
#include "lib/net/http_head.h"

#define HTTP_TARGET_BYTES_MAX 4096 /* that our clients ask for */
#define HTTP_CHUNK_LINE_MAX   64   /* size line of a chunk, with extensions */
#define HTTP_TRAILER_MAX      4096 /* bytes after the last chunk; ignored */

struct http_request {
	struct http_head head;
	struct str method;
	/* up to '?', encoded: "/...", "*", or "" of an absolute target */
	struct str path;
	struct str query;    /* after '?', empty when there is none; encoded */
	bool wants_continue; /* Expect: 100-continue, and a body follows */
	bool expects_the_unknown; /* Expect: anything else */
};

struct http_response {
	struct http_head head;
	unsigned status; /* 100-599 */
};

/*
 * Parse a whole head as http_head_length() measured it. 0 or -1 (ERR_INPUT).
 * Targets in origin form, in absolute form (RFC 9112 3.2.2) and "*" are taken.
 */
int http_request_parse(struct str head, struct http_request *r, struct err *e);

/*
 * The same for a response.  to_head says that the request was HEAD; then, and
 * after a status of 1xx, 204 or 304, no body follows.
 */
int http_response_parse(
	struct str head, bool to_head, struct http_response *r, struct err *e);

/* --- bodies -------------------------------------------------------- */

/* The state of reading one body; http_body_start() makes it. */
struct http_body {
	enum http_framing framing;
	int state;       /* within the chunked coding */
	uint64_t left;   /* of the length or of this chunk */
	size_t line;     /* bytes seen of a size line or of trailers */
	bool has_digits; /* the size line has at least one digit */
};

struct http_body http_body_start(const struct http_head *h);

/*
 * Read the next piece of a body.  *data is a view of the payload inside `in`
 * and may be empty; *used bytes of `in` were consumed, framing and payload.
 * Call it again with the rest while it returns 0 and bytes are left.  Returns 1
 * when the body is complete (the rest belongs to the next message), 0 when it
 * is not, -1 if the chunked coding is broken.  HTTP_UNTIL_CLOSE never
 * returns 1.
 */
int http_body_next(struct http_body *b, struct str in, size_t *used,
	struct str *data, struct err *e);

/* --- targets ------------------------------------------------------- */

/*
 * Append s to out with its percent-encoding undone (RFC 3986 2.1).  With
 * plus_is_space '+' becomes a space, as in forms and Go's url.Query.  -1 for a
 * broken escape or an escaped NUL.
 */
int http_unescape(struct str s, bool plus_is_space, struct buf *out);

/* Percent-encode everything but unreserved characters and, if kept, '/'. */
void http_escape(struct str s, bool keep_slash, struct buf *out);

/*
 * Take the next `name=value` of a query, still encoded; false at the end.
 * A name without '=' has an empty value; empty parts are skipped.
 */
bool http_query_next(struct str *query, struct str *name, struct str *value);

/* --- writing ------------------------------------------------------- */

/* "HTTP/1.1 200 OK", CR LF. */
void http_put_status(struct buf *b, unsigned minor, unsigned status);

/* "POST /x HTTP/1.1", CR LF. */
void http_put_request(struct buf *b, const char *method, struct str target);

/*
 * "Name: value", CR LF.  A value with a control byte sets b->full, so that a
 * value from outside can neither add a field nor end the head.
 */
void http_put_field(struct buf *b, const char *name, struct str value);
void http_put_number(struct buf *b, const char *name, uint64_t value);

/* "Date: Mon, 23 Nov 2026 02:39:16 GMT" of a time, CR LF. */
void http_put_date(struct buf *b, int64_t unix_s);

/* The empty line. */
void http_put_end(struct buf *b);

#endif
