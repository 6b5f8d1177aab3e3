/*
 * http_body - where a message body ends (RFC 9112 6 and 7).
 *
 * The caller passes bytes as they arrive and gets views of the payload inside
 * them: nothing is copied, and the state is a few counters.  Chunk extensions
 * and trailers are skipped, within limits.
 *
 * Refused: chunk sizes of more than 15 hex digits, bare LF, control bytes in
 * extensions and trailers, anything but CR LF after a chunk.
 */
#include "lib/net/http.h"

enum state {
	SIZE,      /* hex digits of a size line */
	EXTENSION, /* the rest of that line */
	SIZE_LF,
	DATA,
	DATA_CR,
	DATA_LF,
	TRAILER, /* at the start of a trailer line */
	TRAILER_LINE,
	TRAILER_LF,
	LAST_LF,
	COMPLETE,
};

#define SIZE_DIGITS_MAX 15 /* so that a size fits 60 bits */

struct http_body http_body_start(const struct http_head *h)
{
	return (struct http_body){
		.framing = h->framing,
		.state = SIZE,
		.left = h->framing == HTTP_LENGTH ? h->length : 0,
	};
}

static int broken(struct err *e, const char *what)
{
	return err_kind(e, ERR_INPUT, "chunked body: %s", what);
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static int on_size(struct http_body *b, char c, struct err *e)
{
	int digit = hex_value(c);

	if (digit >= 0) {
		if (++b->line > SIZE_DIGITS_MAX)
			return broken(e, "chunk size too large");
		b->left = b->left << 4 | (uint64_t)digit;
		b->has_digits = true;
		return 0;
	}
	if (!b->has_digits)
		return broken(e, "chunk size missing");
	if (c == '\r')
		b->state = SIZE_LF;
	else if (c == ';')
		b->state = EXTENSION;
	else
		return broken(e, "bad byte in chunk size");
	return 0;
}

/* Extension and trailer bytes: skipped, counted, no control bytes. */
static int on_skipped(
	struct http_body *b, char c, size_t max, int next, struct err *e)
{
	unsigned char u = (unsigned char)c;

	if (++b->line > max)
		return broken(e, "extension or trailers too long");
	if (c == '\r')
		b->state = next;
	else if ((u < 0x20 && u != '\t') || u == 0x7f)
		return broken(e, "control byte");
	return 0;
}

static int expect(
	struct http_body *b, char c, char wanted, int next, struct err *e)
{
	if (c != wanted)
		return broken(e, "CR LF expected");
	b->state = next;
	return 0;
}

static int on_size_end(struct http_body *b, char c, struct err *e)
{
	int next = b->left > 0 ? DATA : TRAILER;

	b->line = 0;
	b->has_digits = false;
	return expect(b, c, '\n', next, e);
}

static int on_trailer(struct http_body *b, char c, struct err *e)
{
	if (c == '\r') {
		b->state = LAST_LF;
		return 0;
	}
	b->state = TRAILER_LINE;
	return on_skipped(b, c, HTTP_TRAILER_MAX, TRAILER_LF, e);
}

/* One byte of framing. */
static int on_framing(struct http_body *b, char c, struct err *e)
{
	switch ((enum state)b->state) {
	case SIZE:
		return on_size(b, c, e);
	case EXTENSION:
		return on_skipped(b, c, HTTP_CHUNK_LINE_MAX, SIZE_LF, e);
	case SIZE_LF:
		return on_size_end(b, c, e);
	case DATA_CR:
		return expect(b, c, '\r', DATA_LF, e);
	case DATA_LF:
		return expect(b, c, '\n', SIZE, e);
	case TRAILER:
		return on_trailer(b, c, e);
	case TRAILER_LINE:
		return on_skipped(b, c, HTTP_TRAILER_MAX, TRAILER_LF, e);
	case TRAILER_LF:
		return expect(b, c, '\n', TRAILER, e);
	case LAST_LF:
		return expect(b, c, '\n', COMPLETE, e);
	case DATA:
	case COMPLETE:
		break;
	}
	return broken(e, "bytes after its end");
}

/* The payload from `at` to the end of the body, the chunk or the input. */
static struct str take_data(struct http_body *b, struct str in, size_t at)
{
	uint64_t n = in.n - at;

	if (n > b->left)
		n = b->left;
	b->left -= n;
	return (struct str){in.p + at, (size_t)n};
}

static int chunked_next(struct http_body *b, struct str in, size_t *used,
	struct str *data, struct err *e)
{
	size_t at = 0;

	while (at < in.n && b->state != DATA && b->state != COMPLETE)
		if (on_framing(b, in.p[at++], e) < 0)
			return -1;
	if (b->state == DATA && at < in.n) {
		*data = take_data(b, in, at);
		at += data->n;
		if (b->left == 0)
			b->state = DATA_CR;
	}
	*used = at;
	return b->state == COMPLETE;
}

int http_body_next(struct http_body *b, struct str in, size_t *used,
	struct str *data, struct err *e)
{
	*used = 0;
	*data = (struct str){in.p, 0};
	switch (b->framing) {
	case HTTP_NO_BODY:
		return 1;
	case HTTP_LENGTH:
		*data = take_data(b, in, 0);
		*used = data->n;
		return b->left == 0;
	case HTTP_CHUNKED:
		return chunked_next(b, in, used, data, e);
	case HTTP_UNTIL_CLOSE:
		*data = in;
		*used = in.n;
		return 0;
	}
	return broken(e, "unknown framing");
}
