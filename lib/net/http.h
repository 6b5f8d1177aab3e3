/*
 * http - a strict subset of HTTP/1.1 (RFC 9112), for servers and clients.
 *
 * Pure functions over bytes: no sockets, no allocation.  Views in a parsed
 * head point into the bytes given, which the caller keeps.
 *
 * Strict means: lines end in CR LF and nothing else, no folded fields, no
 * blank before a colon, no control byte anywhere, a request has exactly one
 * Host (HTTP/1.1), and at most one of Content-Length and Transfer-Encoding,
 * each at most once.  Two parsers in a row can then not disagree on where a
 * message ends, which is what request smuggling needs.
 */
#ifndef KEELSON_NET_HTTP_H
#define KEELSON_NET_HTTP_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

#define HTTP_HEAD_BYTES_MAX   16384 /* first line, fields, empty line */
#define HTTP_TARGET_BYTES_MAX 4096
#define HTTP_FIELDS_MAX       64
#define HTTP_CHUNK_LINE_MAX   64   /* size line with its extensions */
#define HTTP_TRAILER_MAX      4096 /* bytes behind the last chunk, ignored */

struct http_field {
	struct str name;
	struct str value; /* without blanks around it */
};

enum http_framing {
	HTTP_NO_BODY,
	HTTP_LENGTH,      /* Content-Length bytes */
	HTTP_CHUNKED,     /* RFC 9112 7.1 */
	HTTP_UNTIL_CLOSE, /* responses only: RFC 9112 6.3 rule 8 */
};

/* What requests and responses have in common. */
struct http_head {
	unsigned minor; /* HTTP/1.minor: 0 or 1 */
	struct http_field field[HTTP_FIELDS_MAX];
	size_t field_count;
	enum http_framing framing;
	uint64_t length; /* of the body, for HTTP_LENGTH */
	bool is_kept;    /* the connection may carry another message */
};

struct http_request {
	struct http_head head;
	struct str method;
	struct str target;   /* starts with '/'; as received, not decoded */
	struct str path;     /* the target up to '?' */
	struct str query;    /* behind '?', empty when there is none */
	bool wants_continue; /* Expect: 100-continue */
};

struct http_response {
	struct http_head head;
	unsigned status; /* 100-599 */
	struct str reason;
};

/*
 * Find the end of a head in what has come in so far.  Returns 1 and its
 * length with the empty line, 0 when more bytes are needed, -1 when no more
 * bytes can mend it: a bare LF or CR, a control byte (ERR_INPUT), or
 * HTTP_HEAD_BYTES_MAX reached (ERR_LIMIT).
 */
int http_head_length(struct str in, size_t *length, struct err *e);

/*
 * Parse a whole head as http_head_length() measured it. 0 or -1.  Errors:
 * ERR_LIMIT too many fields or too long a target; ERR_INPUT all else.
 */
int http_request_parse(struct str head, struct http_request *r, struct err *e);

/* to_head: the request was HEAD, so no body follows. Status 1xx: no body. */
int http_response_parse(
	struct str head, bool to_head, struct http_response *r, struct err *e);

/* The first field of that name (any case); NULL when there is none. */
const struct http_field *http_field_get(
	const struct http_head *h, const char *name);

/* --- bodies -------------------------------------------------------- */

/* Where the reader of one body stands. Make it with http_body_start(). */
struct http_body {
	enum http_framing framing;
	int state;       /* within the chunked coding */
	uint64_t left;   /* of the length or of this chunk */
	size_t line;     /* bytes seen of a size line or of trailers */
	bool has_digits; /* the size line has begun well */
};

struct http_body http_body_start(const struct http_head *h);

/*
 * Take the next piece.  *data is a view of payload inside `in`, maybe empty;
 * *used bytes of `in` are dealt with (framing and payload).  Call again with
 * the rest while it returns 0 and bytes are left.  Returns 1 when the body
 * is complete (what is left belongs to the next message), 0 when not yet,
 * -1 on a broken coding.  HTTP_UNTIL_CLOSE never completes by itself.
 */
int http_body_next(struct http_body *b, struct str in, size_t *used,
	struct str *data, struct err *e);

/* --- targets ------------------------------------------------------- */

/*
 * Undo percent-encoding (RFC 3986 2.1) into out.  plus_is_space: as forms and
 * Go's url.Query do.  -1 for a broken escape or an escaped NUL.
 */
int http_unescape(struct str s, bool plus_is_space, struct buf *out);

/* Percent-encode all but unreserved characters (and '/' when kept). */
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
 * "Name: value", CR LF.  A value with a control byte sets b->full: nothing
 * from outside can add a field or end the head.
 */
void http_put_field(struct buf *b, const char *name, struct str value);
void http_put_number(struct buf *b, const char *name, uint64_t value);

/* "Date: Mon, 23 Nov 2026 02:39:16 GMT" of a time, CR LF. */
void http_put_date(struct buf *b, int64_t unix_s);

/* The empty line. */
void http_put_end(struct buf *b);

#endif
