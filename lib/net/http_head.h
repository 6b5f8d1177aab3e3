/*
 * http_head - what the heads of requests and responses have in common; http.h
 * has the rest.
 */
#ifndef KEELSON_NET_HTTP_HEAD_H
#define KEELSON_NET_HTTP_HEAD_H

#include "lib/base/err.h"
#include "lib/base/str.h"

#define HTTP_HEAD_BYTES_MAX 16384 /* first line, fields, empty line */

enum http_framing {
	HTTP_NO_BODY,
	HTTP_LENGTH,      /* Content-Length bytes */
	HTTP_CHUNKED,     /* RFC 9112 7.1 */
	HTTP_UNTIL_CLOSE, /* responses only: RFC 9112 6.3 rule 8 */
};

/* What requests and responses have in common. */
struct http_head {
	unsigned minor;    /* of the version, HTTP/1.0 or HTTP/1.1: 0 or 1 */
	struct str fields; /* their lines, all well-formed */
	enum http_framing framing;
	uint64_t length; /* of the body, for HTTP_LENGTH */
	bool is_kept;    /* the connection may carry another message */
};

/*
 * Find the end of a head in the bytes received so far.  Returns 1 and the
 * length including the empty line; 0 when more bytes are needed; -1 for a bare
 * LF or CR or a control byte (ERR_INPUT), or when HTTP_HEAD_BYTES_MAX have come
 * without an end (ERR_LIMIT).
 */
int http_head_length(struct str in, size_t *length, struct err *e);

/* Where a search goes on when more bytes have come; zero at first. */
struct http_scan {
	size_t at, line;
};

/*
 * The same with a limit of the caller's, for heads that come in many pieces:
 * each byte is looked at once.  `in` is everything that has come so far.
 */
int http_head_scan(struct http_scan *s, struct str in, size_t max,
	size_t *length, struct err *e);

/*
 * The value of the first field of that name, in any case of letters.  False:
 * there is none.
 */
bool http_field_get(
	const struct http_head *h, const char *name, struct str *value);

/* ---- for the parsers of http.c ------------------------------------------ */

/* A control byte other than tab, which no head may have. */
bool http_is_control(char c);

/* A token of RFC 9110 5.6.2, at least one byte. */
bool http_is_token(struct str s);

/* The next line without its CR LF; the head is known to be well-formed. */
struct str http_take_line(struct str *head);

/* Check all fields and keep them in h->fields.  0 or -1 (ERR_INPUT). */
int http_head_fields(struct str rest, struct http_head *h, struct err *e);

/*
 * Decide how long the body is (RFC 9112 6.3).  Where the RFC leaves a choice
 * that another parser could make differently, the message is refused
 * (ERR_INPUT).
 */
int http_head_framing(struct http_head *h, struct err *e);

/* May the connection carry another message? */
void http_head_persistence(struct http_head *h);

/* Does any field of that name have this token in its list? */
bool http_field_has(
	const struct http_head *h, const char *name, const char *token);

/*
 * The value of the one field of that name, or no bytes at NULL.  0, or -1
 * (ERR_INPUT): there are several.
 */
int http_field_single(const struct http_head *h, const char *name,
	struct str *out, struct err *e);

#endif
