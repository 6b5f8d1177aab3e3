/*
 * coding - content codings of answers (RFC 9110 8.4), undone as they come in.
 *
 * This room knows none itself: a program that takes "gzip" hands in its four
 * functions.  Bytes are passed on as soon as the coding allows it, so that a
 * stream that the server flushes behind each event is not held up.  What
 * comes out is bounded by whoever takes it, piece by piece; nothing is kept.
 */
#ifndef KEELSON_NET_CODING_H
#define KEELSON_NET_CODING_H

#include "lib/net/http.h"

/* Takes what comes out. 0 or -1. */
typedef int coding_sink(void *context, struct str piece, struct err *e);

struct coding {
	const char *name; /* as in Content-Encoding: "gzip" */
	void *(*open)(coding_sink *to, void *context, struct err *e);
	int (*put)(void *state, struct str piece, struct err *e);
	int (*end)(void *state, struct err *e); /* is it whole? 0 or -1 */
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

/* The body is over: it must be whole. 0 or -1. */
int coding_end(struct coding_body *b, struct err *e);

/* Give everything back; may be called at any time and again. */
void coding_close(struct coding_body *b);

#endif
