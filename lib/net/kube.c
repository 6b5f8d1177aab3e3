/*
 * kube - a state machine over one descriptor.
 *
 *   closed -> resolving -> connecting -> handshake -> sending -> receiving
 *   -> kept
 *
 * take_steps() goes on until the descriptor is not ready, the request is
 * over, or it has had its share of the loop's time.  If a reused connection
 * fails before the first byte of an answer, the server is assumed to have
 * closed it in the meantime (RFC 9112 9.3.1), and the request is sent once
 * more over a new one.
 */
#include "lib/net/kube.h"

#include "lib/net/kube_connect.h"

#include <string.h>
#include <sys/epoll.h>

#define REQUEST_BYTES_MAX (256u * 1024)
#define SHARE_BYTES       (256u * 1024) /* received in one turn of the loop */

enum step {
	STEP_ON,   /* take the next one */
	STEP_READ, /* wait until the descriptor is readable */
	STEP_WRITE,
	STEP_OVER, /* the request has ended */
};

/* ---- the end of a request ----------------------------------------------- */

/* Wipe the token, and what may repeat it. */
static void wipe_buffers(struct kube_call *c)
{
	buf_wipe(&c->request);
	kube_answer_wipe(&c->answer);
	explicit_bzero(c->room, sizeof(c->room));
}

static void report_end(struct kube_call *c)
{
	struct kube_end end = c->end;

	loop_timer_clear(c->loop, &c->timer);
	wipe_buffers(c);
	end.status = c->answer.status;
	end.retry_after_ms = c->answer.retry_after_ms;
	end.reason = buf_view(&c->answer.reason);
	if (c->state == KUBE_KEPT)
		loop_timer_set(c->loop, &c->timer, KUBE_KEPT_MS);
	c->done(c->context, &end);
}

static enum step fail_request(struct kube_call *c)
{
	bool was_stale = c->is_reused && !c->answer.has_begun;

	kube_disconnect(c);
	if (was_stale) {
		c->sent = 0;
		if (kube_connect_start(c) == 0)
			return STEP_WRITE;
	}
	c->attempt = c->tried + 1; /* the next address may be better */
	c->end.error = &c->error;
	c->state = KUBE_CLOSED;
	return STEP_OVER;
}

static enum step complete_request(struct kube_call *c)
{
	c->end.is_complete = true;
	c->end.error = NULL;
	if (c->answer.will_keep) {
		c->state = KUBE_KEPT;
		loop_fd_change(c->loop, &c->watch, EPOLLIN);
	} else {
		tls_close(c->tls);
		kube_disconnect(c);
	}
	return STEP_OVER;
}

/* What to do after a TLS call that did not return TLS_OK. */
static enum step after_tls(struct kube_call *c, enum tls_result r)
{
	if (r == TLS_WANT_READ)
		return STEP_READ;
	if (r == TLS_WANT_WRITE)
		return STEP_WRITE;
	if (r == TLS_END)
		err_set(&c->error, "the server ended the connection");
	err_at(&c->error, "%s port %u", c->config->server.host,
		(unsigned int)c->config->server.port);
	return fail_request(c);
}

/* What to do after kube_answer_take() and kube_answer_end(). */
static enum step after_answer(struct kube_call *c, int rc)
{
	if (rc == 0)
		return STEP_ON;
	return rc > 0 ? complete_request(c) : fail_request(c);
}

/* ---- steps -------------------------------------------------------------- */

static enum step step_connecting(struct kube_call *c)
{
	if (kube_connect_tls(c) < 0)
		return fail_request(c);
	c->state = KUBE_HANDSHAKE;
	return STEP_ON;
}

static enum step step_handshake(struct kube_call *c)
{
	enum tls_result r = tls_handshake(c->tls, &c->error);

	if (r != TLS_OK)
		return after_tls(c, r);
	c->state = KUBE_SENDING;
	return STEP_ON;
}

static enum step step_sending(struct kube_call *c)
{
	size_t put;
	enum tls_result r = tls_write(c->tls, c->request.p + c->sent,
		c->request.n - c->sent, &put, &c->error);

	if (r != TLS_OK)
		return after_tls(c, r);
	c->sent += put;
	if (c->sent == c->request.n) {
		c->state = KUBE_RECEIVING;
		kube_set_timer(c, c->is_reused && c->reused_ms > 0
					  ? c->reused_ms
					  : c->idle_ms);
	}
	return STEP_ON;
}

static enum step step_receiving(struct kube_call *c)
{
	bool had_head = c->answer.status != 0;
	size_t got;
	enum tls_result r =
		tls_read(c->tls, c->room, sizeof(c->room), &got, &c->error);
	int rc;

	if (r == TLS_END) {
		rc = kube_answer_end(&c->answer, &c->error);
		return rc == 0 ? after_tls(c, r) : after_answer(c, rc);
	}
	if (r != TLS_OK)
		return after_tls(c, r);
	kube_set_timer(c, c->idle_ms);
	rc = kube_answer_take(
		&c->answer, (struct str){c->room, got}, &c->error);
	if (!had_head && c->answer.status != 0) {
		c->end.answer_ms = loop_now_ms() - c->begun_ms;
		c->attempt = c->tried; /* this address works: stay with it */
	}
	return after_answer(c, rc);
}

/* Anything on a kept connection means that the server closes it. */
static enum step step_kept(struct kube_call *c)
{
	kube_disconnect(c);
	return STEP_READ;
}

static enum step take_step(struct kube_call *c)
{
	switch (c->state) {
	case KUBE_CONNECTING:
		return step_connecting(c);
	case KUBE_HANDSHAKE:
		return step_handshake(c);
	case KUBE_SENDING:
		return step_sending(c);
	case KUBE_RECEIVING:
		return step_receiving(c);
	case KUBE_KEPT:
		return step_kept(c);
	case KUBE_RESOLVING:
		return STEP_READ;
	case KUBE_CLOSED:
	case KUBE_FAILED:
		break;
	}
	return STEP_OVER;
}

static void take_steps(struct kube_call *c)
{
	const struct kube_answer *a = &c->answer;
	uint64_t from = a->received_bytes;
	enum step s;

	do {
		s = take_step(c);
	} while (s == STEP_ON && (a->received_bytes - from < SHARE_BYTES ||
					 tls_pending(c->tls) > 0));
	if (s == STEP_OVER)
		report_end(c);
	else if (c->watch.fd >= 0)
		loop_fd_change(c->loop, &c->watch,
			s == STEP_WRITE ? EPOLLOUT : EPOLLIN);
}

static void on_ready(void *context, uint32_t events)
{
	(void)events;
	take_steps(context);
}

static void on_resolved(void *context, const struct resolve_answer *found)
{
	struct kube_call *c = context;

	if (kube_connect_found(c, found) == 0)
		return;
	fail_request(c);
	report_end(c);
}

static const char *timeout_text(const struct kube_call *c)
{
	if (c->state == KUBE_RESOLVING)
		return "no address of the server";
	if (c->state == KUBE_CONNECTING)
		return "no connection";
	if (c->state == KUBE_HANDSHAKE)
		return "no TLS handshake";
	if (c->answer.status == 0)
		return "no answer";
	return kube_is_overdue(c) ? "no end of the answer"
				  : "no further part of the answer";
}

static void on_timer(void *context)
{
	struct kube_call *c = context;

	if (c->state == KUBE_KEPT) {
		kube_disconnect(c);
		return;
	}
	if (c->state != KUBE_FAILED) {
		err_kind(&c->error, ERR_TIMEOUT, "%s in time", timeout_text(c));
		c->is_reused = c->is_reused && c->reused_ms > 0;
		if (fail_request(c) != STEP_OVER)
			return;
	}
	c->state = KUBE_CLOSED;
	report_end(c);
}

/* ---- calls -------------------------------------------------------------- */

void kube_open(struct kube_call *c)
{
	c->state = KUBE_CLOSED;
	c->watch = (struct loop_fd){.fd = -1, .ready = on_ready, .context = c};
	c->timer = (struct loop_timer){.expired = on_timer, .context = c};
	c->asker =
		(struct resolve_asker){.answered = on_resolved, .context = c};
	c->tls = NULL;
	c->attempt = c->tried = 0;
	c->request = buf_growing(REQUEST_BYTES_MAX);
	c->answer.coding = c->coding;
	c->answer.body = c->body;
	c->answer.context = c->context;
	kube_answer_open(&c->answer);
}

/* Begin on a kept connection or a new one.  0, or -1 with c->error. */
static int begin_request(struct kube_call *c, const struct kube_request *r)
{
	if (kube_request_put(
		    &c->request, r, c->config, c->user_agent, &c->error) < 0)
		return -1;
	if (c->state != KUBE_KEPT)
		return kube_connect_start(c);
	c->state = KUBE_SENDING;
	c->is_reused = true;
	loop_fd_change(c->loop, &c->watch, EPOLLOUT);
	kube_set_timer(c, c->idle_ms);
	return 0;
}

void kube_send(struct kube_call *c, const struct kube_request *r)
{
	err_clear(&c->error);
	c->end = (struct kube_end){0};
	c->idle_ms = r->idle_ms;
	c->reused_ms = r->reused_ms;
	c->whole_ms = r->whole_ms;
	c->begun_ms = loop_now_ms();
	c->sent = 0;
	kube_answer_reset(&c->answer);
	buf_wipe(&c->request);
	if (begin_request(c, r) == 0)
		return;
	kube_disconnect(c);
	c->state = KUBE_FAILED;
	c->end.error = &c->error;
	loop_timer_set(c->loop, &c->timer, 0);
}

void kube_cancel(struct kube_call *c)
{
	loop_timer_clear(c->loop, &c->timer);
	kube_disconnect(c);
	wipe_buffers(c);
}

void kube_close(struct kube_call *c)
{
	kube_cancel(c);
	kube_answer_close(&c->answer);
}
