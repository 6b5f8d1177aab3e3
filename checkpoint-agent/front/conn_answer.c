/*
 * conn_answer - one buffer holds what is to be written: first the head and the
 * body, then piece after piece of the descriptor.
 *
 * A stream that ends early closes the connection, so that the client notices.
 */
#include "checkpoint-agent/front/conn_answer.h"

#include "checkpoint-agent/ipc/limits.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define STREAM_PIECE 16384 /* a TLS record */

void conn_count_request(struct conn *c)
{
	c->begun_ms = loop_now_ms();
	c->is_counted = true;
	c->shared->metrics->inflight++;
}

static void note_request(struct conn *c)
{
	uint64_t took_ms = loop_now_ms() - c->begun_ms;
	char status[8], ms[24];

	c->shared->metrics->inflight--;
	c->is_counted = false;
	metrics_note_request(c->shared->metrics, c->method,
		c->route.metric_path, c->status, took_ms);
	snprintf(status, sizeof(status), "%u", c->status);
	snprintf(ms, sizeof(ms), "%llu", (unsigned long long)took_ms);
	log_event(LOG_DEBUG, "request", "method", c->method, "client",
		c->remote, "user", c->access.user.name, "status", status, "ms",
		ms, NULL);
}

void conn_answer(struct conn *c, const struct answer *a)
{
	c->status = a->status;
	c->frame.unix_s = time(NULL);
	if (c->shared->is_draining || a->closes)
		c->frame.is_kept = false;
	answer_write(a, &c->frame, &c->out);
	if (c->out.full)
		log_event(LOG_ERROR, "answer is too large", "client", c->remote,
			NULL);
	note_request(c);
	conn_set_state(c, CONN_WRITE, LIMITS_WRITE_MS);
}

/* Write some of `out`: CONN_GO_ON when there was progress. */
static enum conn_step write_some(struct conn *c)
{
	size_t put;
	enum tls_result r = tls_write(
		c->tls, c->out.p + c->out_at, c->out.n - c->out_at, &put, NULL);

	c->out_at += put;
	if (put > 0)
		loop_timer_set(c->shared->loop, &c->timer, LIMITS_WRITE_MS);
	return conn_step_of(r);
}

static enum conn_step end_answer(struct conn *c)
{
	buf_wipe(&c->out);
	c->out = buf_growing(LIMITS_ANSWER_BYTES_MAX);
	c->out_at = 0;
	fd_close(&c->stream_fd);
	if (c->frame.is_kept)
		conn_expect_head(c);
	else
		conn_set_state(c, CONN_CLOSE, LIMITS_LINGER_MS);
	return CONN_GO_ON;
}

enum conn_step conn_step_write(struct conn *c)
{
	if (c->out.full)
		return CONN_GONE;
	if (c->out_at < c->out.n)
		return write_some(c);
	if (c->stream_left == 0)
		return end_answer(c);
	conn_set_state(c, CONN_STREAM, LIMITS_WRITE_MS);
	return CONN_GO_ON;
}

/* Read the next piece of the descriptor into `out`. */
static enum conn_step read_piece(struct conn *c)
{
	size_t want = c->stream_left < STREAM_PIECE ? (size_t)c->stream_left
						    : STREAM_PIECE;
	char *room;
	ssize_t got;

	buf_reset(&c->out);
	c->out_at = 0;
	room = buf_room(&c->out, want);
	got = room != NULL ? read(c->stream_fd, room, want) : -1;
	if (got <= 0)
		return CONN_GONE; /* too short */
	c->out.n = (size_t)got;
	c->stream_left -= (size_t)got;
	return CONN_GO_ON;
}

enum conn_step conn_step_stream(struct conn *c)
{
	if (c->out_at < c->out.n)
		return write_some(c);
	if (c->stream_left == 0)
		return end_answer(c);
	return read_piece(c);
}
