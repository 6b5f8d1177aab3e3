/*
 * exchange - write a request, then collect the head of the answer in a buffer;
 * the body passes through a buffer of its own.
 *
 * Of a request that cannot be written to its end, the answer is read all the
 * same: 401 or 413 may be why the server does not read on.
 */
#include "lib/net/exchange.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define EXCHANGE_PIECE_BYTES ((size_t)64 << 10)
#define INTERIM_MAX          16 /* answers 1xx before the one that counts */

void exchange_open(struct exchange *x)
{
	*x = (struct exchange){.wire = WIRE_CLOSED};
	x->in = buf_growing(HTTP_HEAD_BYTES_MAX + EXCHANGE_PIECE_BYTES);
}

void exchange_close(struct exchange *x)
{
	wire_close(&x->wire);
	buf_wipe(&x->in);
	x->is_kept = false;
}

/* ---- the request ------------------------------------------------------ */

static int send_file(
	struct exchange *x, const struct exchange_request *r, struct err *e)
{
	AUTO_BUF struct buf piece = buf_growing(EXCHANGE_PIECE_BYTES);
	char *room = buf_room(&piece, EXCHANGE_PIECE_BYTES);
	uint64_t at = 0;

	if (room == NULL)
		return err_kind(e, ERR_LIMIT, "out of memory");
	while (at < r->body_bytes) {
		uint64_t left = r->body_bytes - at;
		size_t want = left < EXCHANGE_PIECE_BYTES
				      ? (size_t)left
				      : EXCHANGE_PIECE_BYTES;
		ssize_t n = pread(
			r->body_fd, room, want, (off_t)(r->body_offset + at));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, "read");
		if (n == 0)
			return err_kind(
				e, ERR_INPUT, "the file became shorter");
		if (wire_write(&x->wire, room, (size_t)n, e) < 0)
			return -1;
		at += (uint64_t)n;
		if (r->sent != NULL)
			r->sent(r->context, (uint64_t)n);
	}
	return 0;
}

static int send_request(
	struct exchange *x, const struct exchange_request *r, struct err *e)
{
	if (wire_write(&x->wire, r->head.p, r->head.n, e) < 0)
		return -1;
	if (r->body.n > 0)
		return wire_write(&x->wire, r->body.p, r->body.n, e);
	return send_file(x, r, e);
}

/* ---- the head of the answer --------------------------------------------- */

/* Read more bytes behind those of the head. 0 or -1. */
static int read_more(struct exchange *x, struct err *e)
{
	size_t had = x->in.n, got;
	char *room = buf_room(&x->in, HTTP_HEAD_BYTES_MAX / 4);

	if (room == NULL)
		return err_kind(e, ERR_LIMIT, "the answer's head is too large");
	if (wire_read(&x->wire, room, HTTP_HEAD_BYTES_MAX / 4, &got, e) < 0)
		return -1;
	x->in.n = had + got;
	if (got == 0)
		return err_kind(e, ERR_INPUT,
			had == 0 ? "the server hung up without an answer"
				 : "the answer's head broke off");
	return 0;
}

/* The next whole head, of an interim answer or of the answer. */
static int read_head(struct exchange *x, bool is_head, struct err *e)
{
	int is_whole = 0;

	while (is_whole == 0) {
		is_whole = x->in.n == 0 ? 0
					: http_head_length(buf_view(&x->in),
						  &x->head_bytes, e);
		if (is_whole < 0 || (is_whole == 0 && read_more(x, e) < 0))
			return -1;
	}
	return http_response_parse(str_sub(buf_view(&x->in), 0, x->head_bytes),
		is_head, &x->answer, e);
}

static int read_answer(struct exchange *x, bool is_head, struct err *e)
{
	buf_reset(&x->in);
	for (int i = 0;; i++) {
		if (read_head(x, is_head, e) < 0)
			return -1;
		if (x->answer.status >= 200)
			break;
		if (i == INTERIM_MAX)
			return err_kind(e, ERR_LIMIT,
				"more than %d interim answers", INTERIM_MAX);
		buf_consume(&x->in, x->head_bytes);
	}
	x->is_kept = x->answer.head.is_kept &&
		     x->answer.head.framing != HTTP_UNTIL_CLOSE;
	return 0;
}

int exchange_ask(
	struct exchange *x, const struct exchange_request *r, struct err *e)
{
	struct err why = {0};
	bool is_sent;

	x->is_kept = false;
	is_sent = send_request(x, r, e) == 0;
	if (!is_sent)
		why = e != NULL ? *e : why;
	if (read_answer(x, r->is_head, e) < 0) {
		if (!is_sent && e != NULL)
			*e = why;
		wire_close(&x->wire);
		return -1;
	}
	x->is_kept = x->is_kept && is_sent;
	return 0;
}

/* ---- the body ------------------------------------------------------------ */

struct body_reading {
	struct http_body framing;
	uint64_t left; /* bytes that may still come */
	int (*take)(void *context, struct str piece, struct err *e);
	void *context;
};

/* 1: the body is complete; 0; -1. */
static int take_bytes(struct exchange *x, struct body_reading *b, struct str in,
	struct err *e)
{
	for (;;) {
		struct str piece;
		size_t used;
		int got = http_body_next(&b->framing, in, &used, &piece, e);

		if (got < 0)
			return -1;
		if (piece.n > b->left)
			return err_kind(e, ERR_LIMIT,
				"the answer is longer than it may be");
		b->left -= piece.n;
		if (piece.n > 0 && b->take(b->context, piece, e) < 0)
			return -1;
		in = str_sub(in, used, in.n);
		if (got > 0) {
			x->is_kept = x->is_kept && in.n == 0;
			return 1;
		}
		if (in.n == 0)
			return 0;
	}
}

/* At the end of the connection: is that the end of the body? */
static int end_body(const struct body_reading *b, struct err *e)
{
	if (b->framing.framing == HTTP_UNTIL_CLOSE)
		return 0;
	return err_kind(e, ERR_INPUT, "the answer broke off");
}

static int read_body(
	struct exchange *x, struct body_reading *b, char *room, struct err *e)
{
	struct str rest = str_sub(buf_view(&x->in), x->head_bytes, x->in.n);
	int done = take_bytes(x, b, rest, e);

	while (done == 0) {
		size_t got;

		if (wire_read(&x->wire, room, EXCHANGE_PIECE_BYTES, &got, e) <
			0)
			return -1;
		if (got == 0)
			return end_body(b, e);
		done = take_bytes(x, b, (struct str){room, got}, e);
	}
	return done < 0 ? -1 : 0;
}

int exchange_body(struct exchange *x, uint64_t max_bytes,
	int (*take)(void *context, struct str piece, struct err *e),
	void *context, struct err *e)
{
	struct buf piece = buf_growing(EXCHANGE_PIECE_BYTES);
	char *room = buf_room(&piece, EXCHANGE_PIECE_BYTES);
	struct body_reading b = {
		.framing = http_body_start(&x->answer.head),
		.left = max_bytes,
		.take = take,
		.context = context,
	};
	int done = room == NULL ? err_kind(e, ERR_LIMIT, "out of memory")
				: read_body(x, &b, room, e);

	buf_wipe(&piece); /* answers of token services pass here */
	if (done < 0 || !x->is_kept)
		wire_close(&x->wire);
	return done;
}
