/*
 * kube: see kube.h.  A call is a state machine over one descriptor:
 *
 *   closed -> looking -> connecting -> handshake -> sending -> head -> body
 *   -> kept
 *
 * run() takes steps until one has to wait for the descriptor, the request is
 * over, or it has had its share of the loop's time.  Whatever goes wrong
 * before the first byte of an answer on a reused connection is taken for the
 * server having closed it meanwhile (RFC 9112 9.3.1): the request goes out
 * once more over a new one.
 */
#include "lib/net/kube.h"
#include "lib/base/fd.h"
#include "lib/net/dial.h"
#include "lib/net/kubecred.h"

#include <string.h>
#include <sys/epoll.h>

#define REQUEST_BYTES_MAX (256u * 1024)
#define SHARE_BYTES       (256u * 1024) /* read at one go, then others */
#define RETRY_AFTER_MAX_S 300

enum step {
	STEP_ON,   /* take the next */
	STEP_READ, /* wait until the descriptor is readable */
	STEP_WRITE,
	STEP_OVER, /* the request is over, well or badly */
};

/* ----------------------------------------------------------- the connection */

static void disconnect(struct kube_call *c)
{
	if (c->watch.fd >= 0)
		loop_fd_remove(c->loop, &c->watch);
	tls_free(c->tls);
	c->tls = NULL;
	fd_close(&c->watch.fd);
	coding_close(&c->decoder);
	if (c->names != NULL)
		resolve_forget(c->names, &c->asker);
	c->state = KUBE_CLOSED;
}

static int connect_to(
	struct kube_call *c, const unsigned char *address, size_t address_bytes)
{
	const struct url *server = &c->config->server;
	int fd;

	if (dial_start(address, address_bytes, server->port, &fd, &c->error) <
		0)
		return err_at(&c->error, "%s port %u", server->host,
			(unsigned int)server->port);
	c->watch.fd = fd;
	c->watch.events = EPOLLOUT;
	if (loop_fd_add(c->loop, &c->watch, &c->error) < 0) {
		fd_close(&c->watch.fd);
		return -1;
	}
	c->state = KUBE_CONNECTING;
	return 0;
}

/* A name may have many addresses: each attempt takes the next. */
static int connect_by_name(
	struct kube_call *c, const struct resolve_answer *found)
{
	const struct resolve_address *a;

	if (found->n == 0)
		return err_set(&c->error, "look up %s: %s",
			c->config->server.host, found->reason);
	a = &found->address[c->attempt++ % found->n];
	return connect_to(c, a->bytes, a->n);
}

static int connect_start(struct kube_call *c)
{
	const struct url *server = &c->config->server;
	struct resolve_answer found;

	c->is_reused = false;
	loop_timer_set(c->loop, &c->timer, KUBE_CONNECT_MS);
	if (server->address_bytes > 0)
		return connect_to(c, server->address, server->address_bytes);
	if (c->names != NULL) {
		c->state = KUBE_LOOKING;
		resolve_ask(c->names, &c->asker);
		return 0;
	}
	resolve_now(server->host, &found);
	return connect_by_name(c, &found);
}

/* ------------------------------------------------------------ the way out */

/* A token in what was sent, or repeated in what came. */
static void wipe(struct kube_call *c)
{
	buf_wipe(&c->request);
	buf_wipe(&c->head);
	explicit_bzero(c->room, sizeof(c->room));
}

static void tell(struct kube_call *c)
{
	struct kube_end end = c->end;

	loop_timer_clear(c->loop, &c->timer);
	wipe(c);
	end.reason = buf_view(&c->reason);
	c->done(c->context, &end);
}

static enum step fail(struct kube_call *c)
{
	bool was_stale = c->is_reused && c->head.n == 0;

	disconnect(c);
	if (was_stale) {
		c->sent = 0;
		if (connect_start(c) == 0)
			return STEP_WRITE;
	}
	c->end.error = &c->error;
	c->state = KUBE_CLOSED;
	return STEP_OVER;
}

static enum step finish(struct kube_call *c)
{
	if (coding_end(&c->decoder, &c->error) < 0)
		return fail(c);
	coding_close(&c->decoder);
	c->end.is_complete = true;
	c->end.error = NULL;
	c->attempt = 0; /* this address answers: stay with it */
	if (c->will_keep) {
		c->state = KUBE_KEPT;
		loop_fd_change(c->loop, &c->watch, EPOLLIN);
	} else {
		tls_close(c->tls);
		disconnect(c);
	}
	return STEP_OVER;
}

/* What a call of the TLS seam means; TLS_OK and TLS_END are the caller's. */
static enum step after_tls(struct kube_call *c, enum tls_result r)
{
	if (r == TLS_WANT_READ)
		return STEP_READ;
	if (r == TLS_WANT_WRITE)
		return STEP_WRITE;
	if (r == TLS_END)
		err_set(&c->error, "the server ended the connection");
	return fail(c);
}

/* ----------------------------------------------------------------- answers */

static bool is_good(unsigned int status)
{
	return status == 200 || status == 201;
}

/* A piece of the body, its coding undone. */
static int take_piece(void *context, struct str piece, struct err *e)
{
	struct kube_call *c = context;

	c->received_bytes += piece.n;
	if (is_good(c->end.status))
		return c->body(c->context, piece, e);
	buf_str(&c->reason, str_sub(piece, 0, KUBE_REASON_BYTES - c->reason.n));
	return 0;
}

/* Bytes of the body, framing and all. */
static enum step take_body(struct kube_call *c, struct str in)
{
	for (;;) {
		struct str piece;
		size_t used;
		int got = http_body_next(
			&c->framing, in, &used, &piece, &c->error);

		if (got < 0 || (piece.n > 0 && coding_put(&c->decoder, piece,
						       &c->error) < 0)) {
			c->is_reused = false;
			return fail(c);
		}
		in.p += used;
		in.n -= used;
		if (got > 0) {
			/* bytes behind the answer: nobody asked for them */
			c->will_keep = c->will_keep && in.n == 0;
			return finish(c);
		}
		if (in.n == 0)
			return STEP_ON;
	}
}

static uint64_t retry_after_ms(const struct http_head *h)
{
	const struct http_field *f = http_field_get(h, "retry-after");
	uint64_t seconds;

	if (f == NULL || str_u64(f->value, 0, RETRY_AFTER_MAX_S, &seconds) < 0)
		return 0;
	return seconds * 1000;
}

/* A whole head of `length` bytes has come; maybe body bytes behind it. */
static enum step take_head(struct kube_call *c, size_t length)
{
	struct str all = buf_view(&c->head);
	struct http_response r;

	if (http_response_parse(str_sub(all, 0, length), false, &r, &c->error) <
		0)
		return fail(c);
	if (r.status < 200) { /* interim: RFC 9110 15.2 */
		buf_consume(&c->head, length);
		return STEP_ON;
	}
	if (coding_begin(&c->decoder, c->coding, &r.head, &c->error) < 0)
		return fail(c);
	c->end.status = r.status;
	c->end.answer_ms = loop_now_ms() - c->begun_ms;
	c->end.retry_after_ms = retry_after_ms(&r.head);
	c->will_keep = r.head.is_kept && r.head.framing != HTTP_UNTIL_CLOSE;
	c->framing = http_body_start(&r.head);
	c->state = KUBE_BODY;
	return take_body(c, str_sub(all, length, all.n));
}

/* ------------------------------------------------------------------- steps */

static enum step step_connecting(struct kube_call *c)
{
	struct tls_config *tls;
	int done;

	if (dial_check(c->watch.fd, &c->error) < 0 ||
		kubecred_tls(c->config, &tls, &c->error) < 0)
		return fail(c);
	done = tls_open(tls, c->watch.fd, &c->tls, &c->error);
	tls_config_free(tls);
	if (done < 0)
		return fail(c);
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
		c->state = KUBE_HEAD;
		loop_timer_set(c->loop, &c->timer, c->idle_ms);
	}
	return STEP_ON;
}

/* The end of the stream ends a body that has no length. */
static enum step body_end(struct kube_call *c, enum tls_result r)
{
	if (r == TLS_END && c->state == KUBE_BODY &&
		c->framing.framing == HTTP_UNTIL_CLOSE)
		return finish(c);
	return after_tls(c, r);
}

static enum step step_reading(struct kube_call *c)
{
	size_t got, length;
	int is_whole;
	enum tls_result r =
		tls_read(c->tls, c->room, sizeof(c->room), &got, &c->error);

	if (r != TLS_OK)
		return body_end(c, r);
	loop_timer_set(c->loop, &c->timer, c->idle_ms);
	if (c->state == KUBE_BODY)
		return take_body(c, (struct str){c->room, got});
	buf_put(&c->head, c->room, got);
	is_whole = http_head_length(buf_view(&c->head), &length, &c->error);
	if (is_whole < 0)
		return fail(c);
	return is_whole > 0 ? take_head(c, length) : STEP_ON;
}

/* Nothing may come on a kept connection: it is being closed. */
static enum step step_kept(struct kube_call *c)
{
	disconnect(c);
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
	case KUBE_HEAD:
	case KUBE_BODY:
		return step_reading(c);
	case KUBE_KEPT:
		return step_kept(c);
	case KUBE_LOOKING:
		return STEP_READ;
	case KUBE_CLOSED:
	case KUBE_FAILED:
		break;
	}
	return STEP_OVER;
}

static void run(struct kube_call *c)
{
	uint64_t from = c->received_bytes;
	enum step s;

	do {
		s = take_step(c);
	} while (s == STEP_ON && (c->received_bytes - from < SHARE_BYTES ||
					 tls_pending(c->tls) > 0));
	if (s == STEP_OVER)
		tell(c);
	else if (c->watch.fd >= 0)
		loop_fd_change(c->loop, &c->watch,
			s == STEP_WRITE ? EPOLLOUT : EPOLLIN);
}

static void on_ready(void *context, uint32_t events)
{
	(void)events;
	run(context);
}

static void on_looked_up(void *context, const struct resolve_answer *found)
{
	struct kube_call *c = context;

	if (connect_by_name(c, found) == 0)
		return;
	fail(c);
	tell(c);
}

static const char *what_was_slow(enum kube_state s)
{
	if (s == KUBE_LOOKING)
		return "no address of the server";
	if (s == KUBE_CONNECTING)
		return "no connection";
	if (s == KUBE_HANDSHAKE)
		return "no TLS handshake";
	return s == KUBE_BODY ? "the answer came to a halt" : "no answer";
}

static void on_timer(void *context)
{
	struct kube_call *c = context;

	if (c->state != KUBE_FAILED) {
		err_kind(&c->error, ERR_TIMEOUT, "%s in time",
			what_was_slow(c->state));
		c->is_reused = false;
		fail(c);
	}
	c->state = KUBE_CLOSED;
	tell(c);
}

/* ------------------------------------------------------------------- calls */

static int write_request(struct kube_call *c, const struct kube_request *r)
{
	char host[URL_AUTHORITY_BYTES], target[HTTP_TARGET_BYTES_MAX];
	struct buf b = buf_fixed(target, sizeof(target));
	struct buf token = buf_growing(KUBECRED_TOKEN_BYTES_MAX + 16);
	struct buf *out = &c->request;
	int done;

	buf_text(&b, c->config->server.path);
	buf_str(&b, r->target);
	http_put_request(out, r->method, buf_view(&b));
	url_authority(&c->config->server, host, sizeof(host));
	http_put_field(out, "Host", str_of(host));
	http_put_field(out, "User-Agent", str_of(c->user_agent));
	http_put_field(out, "Accept", STR("application/json"));
	buf_text(&token, "Bearer ");
	done = kubecred_token(c->config, &token, &c->error);
	if (token.n > 7)
		http_put_field(out, "Authorization", buf_view(&token));
	buf_wipe(&token);
	if (r->body.n > 0) {
		http_put_field(out, "Content-Type", STR("application/json"));
		http_put_number(out, "Content-Length", r->body.n);
	}
	http_put_end(out);
	buf_str(out, r->body);
	if (done == 0 && (out->full || b.full))
		done = err_kind(&c->error, ERR_LIMIT,
			"the request is too large, or its token "
			"holds control characters");
	return done;
}

void kube_open(struct kube_call *c)
{
	c->state = KUBE_CLOSED;
	c->watch = (struct loop_fd){.fd = -1, .ready = on_ready, .context = c};
	c->timer = (struct loop_timer){.expired = on_timer, .context = c};
	c->asker =
		(struct resolve_asker){.answered = on_looked_up, .context = c};
	c->tls = NULL;
	c->decoder = (struct coding_body){.to = take_piece, .context = c};
	c->attempt = 0;
	c->received_bytes = 0;
	c->request = buf_growing(REQUEST_BYTES_MAX);
	c->head = buf_growing(HTTP_HEAD_BYTES_MAX + KUBE_READ_BYTES);
	c->reason = buf_growing(KUBE_REASON_BYTES);
}

/* Begin on a kept connection or a new one. 0 or -1 with c->error. */
static int start(struct kube_call *c, const struct kube_request *r)
{
	if (write_request(c, r) < 0)
		return -1;
	if (c->state != KUBE_KEPT)
		return connect_start(c);
	c->state = KUBE_SENDING;
	c->is_reused = true;
	loop_fd_change(c->loop, &c->watch, EPOLLOUT);
	loop_timer_set(c->loop, &c->timer, c->idle_ms);
	return 0;
}

void kube_send(struct kube_call *c, const struct kube_request *r)
{
	err_clear(&c->error);
	c->end = (struct kube_end){0};
	c->idle_ms = r->idle_ms;
	c->begun_ms = loop_now_ms();
	c->sent = 0;
	buf_reset(&c->head);
	buf_reset(&c->reason);
	buf_wipe(&c->request);
	c->request = buf_growing(REQUEST_BYTES_MAX);
	if (start(c, r) == 0)
		return;
	disconnect(c);
	c->state = KUBE_FAILED;
	c->end.error = &c->error;
	loop_timer_set(c->loop, &c->timer, 0);
}

void kube_cancel(struct kube_call *c)
{
	loop_timer_clear(c->loop, &c->timer);
	disconnect(c);
	wipe(c);
}

void kube_close(struct kube_call *c)
{
	kube_cancel(c);
	buf_free(&c->reason);
}
