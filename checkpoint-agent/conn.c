/*
 * conn - a state machine: each state has a step that does what it can and
 * says what it waits for.  The steps stand in conn_edge.c, conn_request.c and
 * conn_answer.c; here is what turns them, and a connection's life.
 *
 * Bounded in memory by its buffers and in time by one timer per state.  Only
 * waiting for a job has no timer: the back ends every job.
 */
#include "checkpoint-agent/conn_in.h"

#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define STREAM_SHARE 64 /* steps, then others have their turn */

void conn_set_state(struct conn *c, enum conn_state state, uint64_t in_ms)
{
	c->state = state;
	if (in_ms > 0)
		loop_timer_set(&c->front->loop, &c->timer, in_ms);
	else
		loop_timer_clear(&c->front->loop, &c->timer);
}

enum conn_step conn_step_of(enum tls_result r)
{
	switch (r) {
	case TLS_OK:
		return CONN_GO_ON;
	case TLS_WANT_READ:
		return CONN_WAIT_READ;
	case TLS_WANT_WRITE:
		return CONN_WAIT_WRITE;
	case TLS_END:
	case TLS_FAILED:
		break;
	}
	return CONN_GONE;
}

void conn_expect_head(struct conn *c)
{
	conn_set_state(c, CONN_HEAD,
		c->is_known ? LIMITS_IDLE_MS : LIMITS_IDLE_UNKNOWN_MS);
}

static enum conn_step (*const steps[])(struct conn *c) = {
	[CONN_PEEK] = conn_step_peek,
	[CONN_PLAIN] = conn_step_plain,
	[CONN_HANDSHAKE] = conn_step_handshake,
	[CONN_HEAD] = conn_step_head,
	[CONN_ASK] = conn_step_watch,
	[CONN_BODY] = conn_step_body,
	[CONN_JOB] = conn_step_watch,
	[CONN_WRITE] = conn_step_write,
	[CONN_STREAM] = conn_step_stream,
	[CONN_CLOSE] = conn_step_close,
	[CONN_LINGER] = conn_step_linger,
};
static_assert(sizeof(steps) / sizeof(steps[0]) == CONN_STATES,
	"a step for each state");

/* As far as it goes; a long stream has its share and waits for its turn. */
static enum conn_step take_steps(struct conn *c)
{
	enum conn_step s = CONN_GO_ON;

	for (int n = 0; s == CONN_GO_ON; n++) {
		if (n >= STREAM_SHARE && c->state == CONN_STREAM)
			return CONN_WAIT_WRITE;
		s = steps[c->state](c);
	}
	return s;
}

static void on_ready(void *context, uint32_t events)
{
	struct conn *c = context;
	enum conn_step s;

	if (c->state != CONN_LINGER && (events & (EPOLLERR | EPOLLHUP))) {
		conn_free(c);
		return;
	}
	if ((c->state == CONN_JOB || c->state == CONN_ASK) &&
		(events & EPOLLRDHUP)) {
		conn_free(c);
		return;
	}
	s = take_steps(c);
	if (s == CONN_GONE)
		conn_free(c);
	else if (s == CONN_WAIT_END)
		loop_fd_change(&c->front->loop, &c->watch, EPOLLRDHUP);
	else
		loop_fd_change(&c->front->loop, &c->watch,
			s == CONN_WAIT_WRITE ? EPOLLOUT : EPOLLIN);
}

static void on_timeout(void *context)
{
	struct conn *c = context;

	log_event(LOG_DEBUG, "client took too long", "client", c->remote, NULL);
	conn_free(c);
}

struct conn *conn_open(struct front *f, size_t slot, int fd, const char *remote)
{
	struct conn *c = calloc(1, sizeof(*c));
	struct err e;

	if (c == NULL) {
		close(fd);
		return NULL;
	}
	c->front = f;
	c->slot = slot;
	c->stream_fd = -1;
	c->access = (struct access){.config = f->config,
		.reviewer = &f->reviewer,
		.settled = conn_on_settled,
		.context = c};
	c->out = buf_growing(LIMITS_ANSWER_BYTES_MAX);
	str_copy(str_of(remote), c->remote, sizeof(c->remote));
	c->timer = (struct loop_timer){.expired = on_timeout, .context = c};
	c->watch = (struct loop_fd){
		.fd = fd, .events = EPOLLIN, .ready = on_ready, .context = c};
	if (loop_fd_add(&f->loop, &c->watch, &e) < 0) {
		log_event(LOG_ERROR, e.text, "client", remote, NULL);
		close(fd);
		free(c);
		return NULL;
	}
	conn_set_state(c, CONN_PEEK, LIMITS_HANDSHAKE_MS);
	return c;
}

void conn_drain(struct conn *c)
{
	if (c->state <= CONN_HANDSHAKE ||
		(c->state == CONN_HEAD && c->in_n == 0))
		conn_free(c);
}

void conn_free(struct conn *c)
{
	struct front *f = c->front;

	if (c->job_id != 0)
		front_abort_job(f, c->job_id);
	access_forget(&c->access);
	loop_timer_clear(&f->loop, &c->timer);
	loop_fd_remove(&f->loop, &c->watch);
	tls_free(c->tls);
	close(c->watch.fd);
	fd_close(&c->stream_fd);
	buf_wipe(&c->out);
	explicit_bzero(c->in, sizeof(c->in));
	f->metrics.inflight -= c->is_counted;
	front_forget(f, c);
	free(c);
}
