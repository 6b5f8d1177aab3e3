/*
 * conn_request - a request from its first byte to the call that answers it:
 * head, who asks, body, then what the route says.
 *
 * What cannot be parsed is answered, counted, and the last of its connection:
 * where the next request would begin is not known.
 */
#include "checkpoint-agent/conn_in.h"

#include "lib/base/log.h"

#include <string.h>
#include <unistd.h>

static void consume(struct conn *c, size_t n)
{
	memmove(c->in, c->in + n, c->in_n - n);
	c->in_n -= n;
	explicit_bzero(c->in + c->in_n, n); /* there may have been a token */
}

static void answer_and_close(struct conn *c, struct answer a)
{
	c->frame.is_kept = false;
	conn_answer(c, &a);
}

static void expect_body(struct conn *c)
{
	c->is_known = c->is_known || c->access.is_known;
	conn_set_state(c, CONN_BODY, LIMITS_BODY_MS);
}

void conn_on_settled(void *context)
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
	conn_count_request(c);
	route_find(r, &c->front->config->features, &c->route);
	if (access_judge(&c->access, tls_peer(c->tls), r, &c->route))
		expect_body(c);
	else
		conn_set_state(c, CONN_ASK, LIMITS_ASK_MS);
}

/* Something came that is no request; it is counted as one. */
static void begin_nonsense(struct conn *c)
{
	c->frame = (struct answer_frame){.minor = 1};
	str_copy(STR("other"), c->method, sizeof(c->method));
	c->route.metric_path = "other";
	c->access.user.name[0] = '\0';
	conn_count_request(c);
}

/* Read what is there into the free part of `in`. */
static enum conn_step read_more(struct conn *c)
{
	size_t got;
	enum tls_result r;

	if (c->in_n == sizeof(c->in))
		return CONN_WAIT_END;
	r = tls_read(
		c->tls, c->in + c->in_n, sizeof(c->in) - c->in_n, &got, NULL);
	c->in_n += got;
	return conn_step_of(r);
}

enum conn_step conn_step_head(struct conn *c)
{
	struct http_request r;
	struct err e = {0};
	size_t n;
	int whole = http_head_length((struct str){c->in, c->in_n}, &n, &e);

	if (whole == 0) {
		bool was_empty = c->in_n == 0;
		enum conn_step s = read_more(c);

		if (s == CONN_GO_ON && was_empty)
			conn_set_state(c, CONN_HEAD, LIMITS_HEAD_MS);
		return s;
	}
	if (whole < 0 ||
		http_request_parse((struct str){c->in, n}, &r, &e) < 0) {
		begin_nonsense(c);
		answer_and_close(c, route_malformed(&e));
		return CONN_GO_ON;
	}
	begin_request(c, &r);
	consume(c, n);
	return CONN_GO_ON;
}

static void answer_health(struct conn *c)
{
	struct answer a = {
		.status = 200, .type = ANSWER_NOSNIFF, .body = STR("ok")};

	conn_answer(c, &a);
}

static void answer_metrics(struct conn *c)
{
	AUTO_BUF struct buf text = buf_growing(LIMITS_ANSWER_BYTES_MAX / 2);
	struct answer a = {.status = 200, .type = ANSWER_METRICS};

	metrics_write(&c->front->metrics, &text);
	a.body = buf_view(&text);
	conn_answer(c, &a);
}

static void begin_job(struct conn *c)
{
	if (front_send_job(c->front, c, &c->route.job, &c->job_id) < 0) {
		struct answer a =
			answer_text(503, STR("too many checkpoints at once"));

		conn_answer(c, &a);
		return;
	}
	conn_set_state(c, CONN_JOB, 0);
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
	conn_answer(c, &a);
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
		conn_answer(c, &c->route.answer);
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

enum conn_step conn_step_body(struct conn *c)
{
	size_t used;
	struct str data;
	int done;

	if (c->skips_body) {
		act(c);
		return CONN_GO_ON;
	}
	done = http_body_next(
		&c->body, (struct str){c->in, c->in_n}, &used, &data, NULL);
	if (done < 0) {
		answer_and_close(c, route_malformed(NULL));
		return CONN_GO_ON;
	}
	consume(c, used);
	c->body_n += used;
	if (c->body_n > LIMITS_BODY_BYTES_MAX) {
		answer_and_close(c,
			answer_text(413, STR("413 Request Entity Too Large")));
		return CONN_GO_ON;
	}
	if (done == 0 && c->in_n == 0)
		return read_more(c);
	if (done == 1)
		act(c);
	return CONN_GO_ON;
}

enum conn_step conn_step_watch(struct conn *c)
{
	return read_more(c);
}

void conn_finish_job(struct conn *c, const struct job_answer *j, int fd)
{
	AUTO_BUF struct buf text = buf_growing(LIMITS_ANSWER_BYTES_MAX / 2);
	struct answer a = route_answer(&c->route, j, &text);

	c->job_id = 0;
	if (a.stream_from > 0)
		lseek(fd, (off_t)a.stream_from, SEEK_SET);
	c->stream_fd = fd;
	c->stream_left = c->frame.is_head ? 0 : a.stream_bytes;
	conn_answer(c, &a);
	c->watch.ready(c, 0);
}
