/*
 * conn - a state machine: each state has a step that does what it can and
 * says what it waits for.
 *
 * Bounded in memory by its buffers and in time by one timer per state.  Only
 * waiting for a job has no timer: the back ends every job.
 */
#include "checkpoint-agent/conn.h"

#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define STREAM_PIECE 16384 /* a TLS record */
#define STREAM_SHARE 64    /* steps, then others have their turn */

enum step {
	GO_ON, /* the state has changed, or more can be done in it */
	WAIT_READ,
	WAIT_WRITE,
	WAIT_END, /* for nothing but that the client goes away */
	GONE,     /* to be freed */
};

static void set_state(struct conn *c, enum conn_state state, uint64_t in_ms)
{
	c->state = state;
	if (in_ms > 0)
		loop_timer_set(&c->front->loop, &c->timer, in_ms);
	else
		loop_timer_clear(&c->front->loop, &c->timer);
}

static enum step step_of(enum tls_result r)
{
	switch (r) {
	case TLS_OK:
		return GO_ON;
	case TLS_WANT_READ:
		return WAIT_READ;
	case TLS_WANT_WRITE:
		return WAIT_WRITE;
	case TLS_END:
	case TLS_FAILED:
		break;
	}
	return GONE;
}

static void consume(struct conn *c, size_t n)
{
	memmove(c->in, c->in + n, c->in_n - n);
	c->in_n -= n;
	explicit_bzero(c->in + c->in_n, n); /* there may have been a token */
}

static void expect_head(struct conn *c)
{
	set_state(c, CONN_HEAD,
		c->is_known ? LIMITS_IDLE_MS : LIMITS_IDLE_UNKNOWN_MS);
}

/* --- answering ----------------------------------------------------- */

static void note_request(struct conn *c)
{
	uint64_t took_ms = loop_now_ms() - c->begun_ms;
	char status[8], ms[24];

	c->front->metrics.inflight--;
	c->is_counted = false;
	metrics_note_request(&c->front->metrics, c->method,
		c->route.metric_path, c->status, took_ms);
	snprintf(status, sizeof(status), "%u", c->status);
	snprintf(ms, sizeof(ms), "%llu", (unsigned long long)took_ms);
	log_event(LOG_DEBUG, "request", "method", c->method, "client",
		c->remote, "user", c->access.user.name, "status", status, "ms",
		ms, NULL);
}

static void answer(struct conn *c, const struct answer *a)
{
	c->status = a->status;
	c->frame.unix_s = time(NULL);
	if (c->front->is_draining)
		c->frame.is_kept = false;
	answer_write(a, &c->frame, &c->out);
	if (c->out.full)
		log_event(LOG_ERROR, "answer does not fit", "client", c->remote,
			NULL);
	note_request(c);
	set_state(c, CONN_WRITE, LIMITS_WRITE_MS);
}

static void answer_and_close(struct conn *c, struct answer a)
{
	c->frame.is_kept = false;
	answer(c, &a);
}

static void count_request(struct conn *c)
{
	c->begun_ms = loop_now_ms();
	c->is_counted = true;
	c->front->metrics.inflight++;
}

/* --- requests ------------------------------------------------------ */

static void expect_body(struct conn *c)
{
	c->is_known = c->is_known || c->access.is_known;
	set_state(c, CONN_BODY, LIMITS_BODY_MS);
}

static void on_settled(void *context)
{
	struct conn *c = context;

	expect_body(c);
	c->watch.ready(c, 0);
}

static void begin_request(struct conn *c, const struct http_request *r)
{
	if (str_copy(r->method, c->method, sizeof(c->method)) < 0)
		str_copy(STR("other"), c->method, sizeof(c->method));
	c->frame = (struct answer_frame){
		.minor = r->head.minor,
		.is_head = str_is(r->method, "HEAD"),
		.is_kept = r->head.is_kept && !r->wants_continue,
	};
	c->body = http_body_start(&r->head);
	c->body_n = 0;
	c->skips_body = r->wants_continue;
	count_request(c);
	route_find(r, &c->front->config->features, &c->route);
	if (access_judge(&c->access, tls_peer(c->tls), r, &c->route))
		expect_body(c);
	else
		set_state(c, CONN_ASK, LIMITS_ASK_MS);
}

/* Something came that is no request; it is counted as one. */
static void begin_nonsense(struct conn *c)
{
	c->frame = (struct answer_frame){.minor = 1};
	str_copy(STR("other"), c->method, sizeof(c->method));
	c->route.metric_path = "other";
	c->access.user.name[0] = '\0';
	count_request(c);
}

/* Read what is there into the free part of `in`. */
static enum step read_more(struct conn *c)
{
	size_t got;
	enum tls_result r;

	if (c->in_n == sizeof(c->in))
		return WAIT_END;
	r = tls_read(
		c->tls, c->in + c->in_n, sizeof(c->in) - c->in_n, &got, NULL);
	c->in_n += got;
	return step_of(r);
}

static enum step step_head(struct conn *c)
{
	struct http_request r;
	struct err e = {0};
	size_t n;
	int whole = http_head_length((struct str){c->in, c->in_n}, &n, &e);

	if (whole == 0) {
		bool was_empty = c->in_n == 0;
		enum step s = read_more(c);

		if (s == GO_ON && was_empty)
			set_state(c, CONN_HEAD, LIMITS_HEAD_MS);
		return s;
	}
	if (whole < 0 ||
		http_request_parse((struct str){c->in, n}, &r, &e) < 0) {
		begin_nonsense(c);
		answer_and_close(c, route_malformed(&e));
		return GO_ON;
	}
	begin_request(c, &r);
	consume(c, n);
	return GO_ON;
}

static void answer_health(struct conn *c)
{
	struct answer a = {
		.status = 200, .type = ANSWER_NOSNIFF, .body = STR("ok")};

	answer(c, &a);
}

static void answer_metrics(struct conn *c)
{
	AUTO_BUF struct buf text = buf_growing(LIMITS_ANSWER_BYTES_MAX / 2);
	struct answer a = {.status = 200, .type = ANSWER_METRICS};

	metrics_write(&c->front->metrics, &text);
	a.body = buf_view(&text);
	answer(c, &a);
}

static void begin_job(struct conn *c)
{
	if (front_send_job(c->front, c, &c->route.job, &c->job_id) < 0) {
		struct answer a =
			answer_text(503, STR("too many checkpoints at once"));

		answer(c, &a);
		return;
	}
	set_state(c, CONN_JOB, 0);
}

static void refuse(struct conn *c)
{
	char memory[TLS_NAME_BYTES + 256];
	struct buf b = buf_fixed(memory, sizeof(memory));
	struct answer a = answer_text(401, STR("Unauthorized"));

	if (c->access.refusal == 403)
		a = route_forbid(&c->route, str_of(c->access.user.name), &b);
	else if (c->access.refusal == 500)
		a = route_cannot_tell(
			&c->route, str_of(c->access.user.name), &b);
	log_event(LOG_WARN, "refused", "client", c->remote, "user",
		c->access.user.name, "reason",
		c->access.refusal == 401 ? tls_peer(c->tls)->reason
					 : "forbidden",
		NULL);
	answer(c, &a);
}

/* The request is complete: do what it asks for. */
static void act(struct conn *c)
{
	if (c->access.refusal != 0) {
		refuse(c);
		return;
	}
	switch (c->route.action) {
	case ROUTE_ANSWER:
		answer(c, &c->route.answer);
		break;
	case ROUTE_JOB:
		begin_job(c);
		break;
	case ROUTE_HEALTH:
		answer_health(c);
		break;
	case ROUTE_METRICS:
		answer_metrics(c);
		break;
	}
}

static enum step step_body(struct conn *c)
{
	size_t used;
	struct str data;
	int done = 1;

	if (!c->skips_body)
		done = http_body_next(&c->body, (struct str){c->in, c->in_n},
			&used, &data, NULL);
	if (done < 0) {
		answer_and_close(c, route_malformed(NULL));
		return GO_ON;
	}
	if (!c->skips_body) {
		consume(c, used);
		c->body_n += used;
	}
	if (c->body_n > LIMITS_BODY_BYTES_MAX) {
		answer_and_close(c,
			answer_text(413, STR("413 Request Entity Too Large")));
		return GO_ON;
	}
	if (done == 0 && c->in_n == 0)
		return read_more(c);
	if (done == 1)
		act(c);
	return GO_ON;
}

/* A job runs, or a question is asked: what comes is kept for later. */
static enum step step_watch(struct conn *c)
{
	return read_more(c);
}

void conn_finish_job(struct conn *c, const struct job_answer *j, int fd)
{
	AUTO_BUF struct buf text = buf_growing(LIMITS_ANSWER_BYTES_MAX / 2);
	struct answer a = route_answer(&c->route, j, &text);

	c->job_id = 0;
	c->stream_fd = fd;
	c->stream_left = c->frame.is_head ? 0 : a.stream_bytes;
	answer(c, &a);
	c->watch.ready(c, 0);
}

/* --- writing ------------------------------------------------------- */

/* Some of `out`: GO_ON once there was progress. */
static enum step write_some(struct conn *c)
{
	size_t put;
	enum tls_result r = tls_write(
		c->tls, c->out.p + c->out_at, c->out.n - c->out_at, &put, NULL);

	c->out_at += put;
	if (put > 0)
		loop_timer_set(&c->front->loop, &c->timer, LIMITS_WRITE_MS);
	return step_of(r);
}

static enum step end_answer(struct conn *c)
{
	buf_free(&c->out);
	c->out = buf_growing(LIMITS_ANSWER_BYTES_MAX);
	c->out_at = 0;
	fd_close(&c->stream_fd);
	if (c->frame.is_kept)
		expect_head(c);
	else
		set_state(c, CONN_CLOSE, LIMITS_LINGER_MS);
	return GO_ON;
}

static enum step step_write(struct conn *c)
{
	if (c->out.full)
		return GONE;
	if (c->out_at < c->out.n)
		return write_some(c);
	if (c->stream_left == 0)
		return end_answer(c);
	set_state(c, CONN_STREAM, LIMITS_WRITE_MS);
	return GO_ON;
}

/* The next piece from the descriptor into `out`. */
static enum step refill(struct conn *c)
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
		return GONE; /* shorter than announced: the client sees it */
	c->out.n = (size_t)got;
	c->stream_left -= (size_t)got;
	return GO_ON;
}

static enum step step_stream(struct conn *c)
{
	if (c->out_at < c->out.n)
		return write_some(c);
	if (c->stream_left == 0)
		return end_answer(c);
	return refill(c);
}

/* --- beginning and end --------------------------------------------- */

/* A TLS record of a ClientHello begins with 22; letters are plain HTTP. */
static enum step step_peek(struct conn *c)
{
	struct err e;
	char first;
	ssize_t got = recv(c->watch.fd, &first, 1, MSG_PEEK | MSG_DONTWAIT);

	if (got != 1)
		return got < 0 && errno == EAGAIN ? WAIT_READ : GONE;
	if (first >= 'A' && first <= 'Z') {
		set_state(c, CONN_PLAIN, LIMITS_LINGER_MS);
		return GO_ON;
	}
	if (tls_open(c->front->tls, c->watch.fd, &c->tls, &e) < 0) {
		log_event(LOG_ERROR, e.text, "client", c->remote, NULL);
		return GONE;
	}
	set_state(c, CONN_HANDSHAKE, LIMITS_HANDSHAKE_MS);
	return GO_ON;
}

/* Word for word what Go's server says. */
static enum step step_plain(struct conn *c)
{
	static const char text[] =
		"HTTP/1.0 400 Bad Request\r\n\r\n"
		"Client sent an HTTP request to an HTTPS server.\n";

	/* A fresh socket takes so few bytes; if not, it is no loss. */
	if (send(c->watch.fd, text, sizeof(text) - 1,
		    MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return GONE;
	shutdown(c->watch.fd, SHUT_WR);
	set_state(c, CONN_LINGER, LIMITS_LINGER_MS);
	return GO_ON;
}

/*
 * In TLS 1.3 the client speaks last, and may wait (Nagle) for our word that
 * it was heard before it sends its request: do not delay that by 40 ms.
 */
static void acknowledge_now(struct conn *c)
{
	int on = 1;

	setsockopt(c->watch.fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
}

static enum step step_handshake(struct conn *c)
{
	struct err e = {0};
	enum tls_result r = tls_handshake(c->tls, &e);

	if (r == TLS_OK) {
		acknowledge_now(c);
		log_event(LOG_DEBUG, "connected", "client", c->remote, "tls",
			tls_version(c->tls), "user", tls_peer(c->tls)->user,
			NULL);
		expect_head(c);
	} else if (r == TLS_FAILED) {
		log_event(LOG_INFO, "handshake failed", "client", c->remote,
			"reason", e.text, NULL);
	}
	return step_of(r);
}

static enum step step_close(struct conn *c)
{
	enum tls_result r = tls_close(c->tls);

	if (r == TLS_WANT_READ || r == TLS_WANT_WRITE)
		return step_of(r);
	shutdown(c->watch.fd, SHUT_WR);
	set_state(c, CONN_LINGER, LIMITS_LINGER_MS);
	return GO_ON;
}

/*
 * Closing with unread bytes would reset the connection, and the client might
 * lose an answer that it has not read yet.
 */
static enum step step_linger(struct conn *c)
{
	ssize_t got = recv(c->watch.fd, c->in, sizeof(c->in), MSG_DONTWAIT);

	/* one piece at a time: others have their turn between */
	return got > 0 || (got < 0 && errno == EAGAIN) ? WAIT_READ : GONE;
}

static enum step (*const steps[])(struct conn *c) = {
	[CONN_PEEK] = step_peek,
	[CONN_PLAIN] = step_plain,
	[CONN_HANDSHAKE] = step_handshake,
	[CONN_HEAD] = step_head,
	[CONN_ASK] = step_watch,
	[CONN_BODY] = step_body,
	[CONN_JOB] = step_watch,
	[CONN_WRITE] = step_write,
	[CONN_STREAM] = step_stream,
	[CONN_CLOSE] = step_close,
	[CONN_LINGER] = step_linger,
};
static_assert(sizeof(steps) / sizeof(steps[0]) == CONN_STATES,
	"a step for each state");

/* As far as it goes; a long stream has its share and waits for its turn. */
static enum step take_steps(struct conn *c)
{
	enum step s = GO_ON;

	for (int n = 0; s == GO_ON; n++) {
		if (n >= STREAM_SHARE && c->state == CONN_STREAM)
			return WAIT_WRITE;
		s = steps[c->state](c);
	}
	return s;
}

static void on_ready(void *context, uint32_t events)
{
	struct conn *c = context;
	enum step s;

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
	if (s == GONE)
		conn_free(c);
	else if (s == WAIT_END)
		loop_fd_change(&c->front->loop, &c->watch, EPOLLRDHUP);
	else
		loop_fd_change(&c->front->loop, &c->watch,
			s == WAIT_WRITE ? EPOLLOUT : EPOLLIN);
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
		.settled = on_settled,
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
	set_state(c, CONN_PEEK, LIMITS_HANDSHAKE_MS);
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
