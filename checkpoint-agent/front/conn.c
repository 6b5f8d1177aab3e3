/*
 * conn - a state machine: a table with the step of each state.
 *
 * Steps are taken as far as they go, then the loop waits for what the last of
 * them asked for.  A connection is bounded in memory by its buffers and in
 * time by one timer per state.  That of a job is longer than the back takes to
 * end any: it expires only when an answer has got lost.
 */
#include "checkpoint-agent/front/conn.h"

#include "checkpoint-agent/front/conn_answer.h"
#include "checkpoint-agent/front/conn_edge.h"
#include "checkpoint-agent/front/conn_request.h"
#include "checkpoint-agent/ipc/limits.h"

#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define STREAM_STEPS_MAX 64 /* then other connections have their turn */

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

static enum conn_step take_steps(struct conn *c)
{
	enum conn_step s = CONN_GO_ON;

	for (int n = 0; s == CONN_GO_ON; n++) {
		if (n >= STREAM_STEPS_MAX && c->state == CONN_STREAM)
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
		loop_fd_change(c->shared->loop, &c->watch, EPOLLRDHUP);
	else
		loop_fd_change(c->shared->loop, &c->watch,
			s == CONN_WAIT_WRITE ? EPOLLOUT : EPOLLIN);
}

static void on_timeout(void *context)
{
	struct conn *c = context;

	if (c->state == CONN_JOB) {
		conn_give_up_job(c);
		return;
	}
	log_event(LOG_DEBUG, "client timed out", "client", c->remote, NULL);
	conn_free(c);
}

struct conn *conn_open(
	struct conn_shared *shared, size_t slot, int fd, const char *remote)
{
	struct conn *c = calloc(1, sizeof(*c));
	struct err e;

	if (c == NULL) {
		log_event(LOG_ERROR, "out of memory for a client", "client",
			remote, NULL);
		close(fd);
		return NULL;
	}
	c->shared = shared;
	c->slot = slot;
	c->guest.owner = c;
	c->stream_fd = -1;
	c->access = (struct access){.config = shared->config,
		.reviewer = shared->reviewer,
		.settled = conn_on_settled,
		.context = c};
	c->in = buf_growing(LIMITS_HEAD_BYTES_MAX);
	c->out = buf_growing(LIMITS_ANSWER_BYTES_MAX);
	str_copy(str_of(remote), c->remote, sizeof(c->remote));
	c->timer = (struct loop_timer){.expired = on_timeout, .context = c};
	c->watch = (struct loop_fd){
		.fd = fd, .events = EPOLLIN, .ready = on_ready, .context = c};
	if (loop_fd_add(shared->loop, &c->watch, &e) < 0) {
		log_event(LOG_ERROR, e.text, "client", remote, NULL);
		close(fd);
		free(c);
		return NULL;
	}
	conn_set_state(c, CONN_PEEK, LIMITS_FIRST_BYTE_MS);
	return c;
}

void conn_drain(struct conn *c)
{
	if (c->state <= CONN_HANDSHAKE ||
		(c->state == CONN_HEAD && c->in.n == 0))
		conn_free(c);
}

void conn_free(struct conn *c)
{
	struct conn_shared *shared = c->shared;

	if (c->job_id != 0)
		job_channel_abort(shared->jobs, c->job_id);
	access_forget(&c->access);
	loop_timer_clear(shared->loop, &c->timer);
	loop_fd_remove(shared->loop, &c->watch);
	tls_free(c->tls);
	close(c->watch.fd);
	fd_close(&c->stream_fd);
	buf_wipe(&c->out);
	conn_drop_input(c);
	route_free(&c->route);
	shared->metrics->inflight -= c->is_counted;
	shared->closed(shared->clients, c);
	free(c);
}
