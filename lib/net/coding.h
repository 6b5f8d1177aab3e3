/*
 * coding - undo content codings of answers as they arrive (RFC 9110 8.4).
 *
 * No coding is built in: a program that accepts "gzip" supplies its four
 * functions.  Bytes are passed on as soon as the coding allows, so that a
 * stream flushed after each event is not delayed.  Nothing is kept; the
 * receiver limits what comes out.
 */
#ifndef KEELSON_NET_CODING_H
#define KEELSON_NET_CODING_H

#include "lib/net/http.h"

/* Receives decoded bytes. 0 or -1. */
typedef int coding_sink(void *context, struct str piece, struct err *e);

struct coding {
	const char *name; /* as in Content-Encoding: "gzip" */
	void *(*open)(coding_sink *to, void *context, struct err *e);
	int (*put)(void *state, struct str piece, struct err *e);
	int (*end)(void *state, struct err *e); /* is it complete? 0 or -1 */
	void (*close)(void *state);
};

/* One body, coded or not. All zero: nothing to close. */
struct coding_body {
	const struct coding *coding; /* NULL: as it is */
	void *state;
	coding_sink *to;
	void *context;
};

/*
 * Begin a body with this head.  known may be NULL; a coding that is neither
 * that one nor "identity" is refused by name. 0 or -1.
 */
int coding_begin(struct coding_body *b, const struct coding *known,
	const struct http_head *h, struct err *e);

int coding_put(struct coding_body *b, struct str piece, struct err *e);

/* After the body, which must be complete. 0 or -1. */
int coding_end(struct coding_body *b, struct err *e);

/* Free everything; may be called at any time, and again. */
void coding_close(struct coding_body *b);

#endif
