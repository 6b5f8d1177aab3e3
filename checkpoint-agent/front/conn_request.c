/*
 * conn_request - parses the head once it is complete, has its access judged,
 * skips the body and acts.
 *
 * A request that cannot be parsed is answered, counted, and the last of its
 * connection, as nobody knows where the next one would begin.
 */
#include "checkpoint-agent/front/conn_request.h"

#include "checkpoint-agent/front/conn_answer.h"
#include "checkpoint-agent/front/route_answer.h"
#include "checkpoint-agent/ipc/limits.h"
#include "lib/base/log.h"
#include "lib/base/whole.h"

#include <string.h>
#include <unistd.h>

#define READ_PIECE 16384 /* a TLS record */

void conn_drop_input(struct conn *c)
{
	buf_wipe(&c->in);
	c->in = buf_growing(LIMITS_HEAD_BYTES_MAX);
	c->scan = (struct http_scan){0, 0};
	c->shared->large_heads -= c->is_large;
	c->is_large = false;
}

/* The memory of a large head is given back, a usual one's kept. */
static void consume(struct conn *c, size_t n)
{
	size_t before = c->in.n;

	if (n == 0)
		return;
	buf_consume(&c->in, n);
	explicit_bzero(c->in.p + c->in.n, before - c->in.n); /* a token */
	c->scan = (struct http_scan){0, 0};
	if (c->in.n == 0 && c->in.cap > 2 * READ_PIECE)
		conn_drop_input(c);
}

static void answer_and_close(struct conn *c, struct answer a)
{
	c->frame.is_kept = false;
	conn_answer(c, &a);
}

static void expect_body(struct conn *c)
{
	c->is_known = c->access.is_known || tls_peer(c->tls)->is_trusted;
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
	tls_recheck(c->tls, c->shared->tls);
	route_find(r, &c->shared->config->features, &c->route);
	if (access_judge(&c->access, tls_peer(c->tls), r, &c->route))
		expect_body(c);
	else
		conn_set_state(c, CONN_ASK, LIMITS_ASK_MS);
}

/* What is no valid request is counted as one. */
static void begin_malformed(struct conn *c)
{
	c->frame = (struct answer_frame){.minor = 1};
	str_copy(STR("other"), c->method, sizeof(c->method));
	c->route.metric_path = "other";
	c->access.user.name[0] = '\0';
	conn_count_request(c);
}

/* How much of a head this client may send. */
static size_t head_limit(const struct conn *c)
{
	bool may_be_large =
		c->is_large || c->shared->large_heads < LIMITS_HEADS_LARGE;

	return c->is_known && may_be_large ? LIMITS_HEAD_BYTES_MAX
					   : LIMITS_HEAD_BYTES_UNKNOWN;
}

/* Up to `limit` bytes in all; when they are there, only an end is new. */
static enum conn_step read_more(struct conn *c, size_t limit)
{
	size_t want = limit > c->in.n ? limit - c->in.n : 0;
	enum tls_result r;
	size_t got;
	char *room;

	if (want == 0)
		return CONN_WAIT_END;
	want = want < READ_PIECE ? want : READ_PIECE;
	room = buf_room(&c->in, want);
	if (room == NULL)
		return CONN_GONE; /* out of memory */
	r = tls_read(c->tls, room, want, &got, NULL);
	c->in.n -= want - got;
	if (c->in.n > LIMITS_HEAD_BYTES_UNKNOWN && !c->is_large) {
		c->is_large = true;
		c->shared->large_heads++;
	}
	return conn_step_of(r);
}

enum conn_step conn_step_head(struct conn *c)
{
	struct http_request r;
	struct err e = {0};
	size_t n, limit = head_limit(c);
	int whole = http_head_scan(&c->scan, buf_view(&c->in), limit, &n, &e);

	if (whole == 0) {
		bool was_empty = c->in.n == 0;
		enum conn_step s = read_more(c, limit);

		if (s == CONN_GO_ON && was_empty)
			conn_set_state(c, CONN_HEAD, LIMITS_HEAD_MS);
		return s;
	}
	if (whole < 0 || http_request_parse(
				 str_sub(buf_view(&c->in), 0, n), &r, &e) < 0) {
		begin_malformed(c);
		answer_and_close(c, answer_malformed(&e));
		return CONN_GO_ON;
	}
	if (r.expects_the_unknown) {
		begin_malformed(c);
		answer_and_close(c, (struct answer){.status = 417});
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

	metrics_write(c->shared->metrics, &text);
	a.body = buf_view(&text);
	whole_pass(&text, &c->out);
	conn_answer(c, &a);
}

static void begin_job(struct conn *c)
{
	if (job_channel_send(c->shared->jobs, c->slot, &c->route.job) < 0) {
		struct answer a =
			answer_text(503, STR("too many checkpoints at once"));

		conn_answer(c, &a);
		return;
	}
	c->job_id = c->route.job.id;
	conn_set_state(c, CONN_JOB,
		job_timeout_ms(&c->route.job,
			c->shared->config->jobs.default_timeout_ms) +
			LIMITS_ABORT_MS + LIMITS_ANSWER_LATE_MS);
}

static void refuse_access(struct conn *c)
{
	char memory[TLS_NAME_BYTES + 256];
	struct buf b = buf_fixed(memory, sizeof(memory));
	struct answer a = answer_text(401, STR("Unauthorized"));

	if (c->access.refusal == 403)
		a = route_answer_forbidden(
			&c->route, str_of(c->access.user.name), &b);
	else if (c->access.refusal == 500)
		a = route_answer_undecided(
			&c->route, str_of(c->access.user.name), &b);
	log_event(LOG_WARN, "refused", "client", c->remote, "user",
		c->access.user.name, "reason",
		c->access.refusal == 401 ? tls_peer(c->tls)->reason
					 : "forbidden",
		NULL);
	conn_answer(c, &a);
}

/* The request is complete. */
static void act(struct conn *c)
{
	if (c->access.refusal != 0) {
		refuse_access(c);
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

/* More than is read for the sake of the next request on this connection. */
static bool is_body_too_large(const struct conn *c)
{
	return c->body_n > LIMITS_BODY_BYTES_MAX ||
	       (c->body.framing == HTTP_LENGTH &&
		       c->body.left > LIMITS_BODY_BYTES_MAX - c->body_n);
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
	done = http_body_next(&c->body, buf_view(&c->in), &used, &data, NULL);
	if (done < 0) {
		answer_and_close(c, answer_malformed(NULL));
		return CONN_GO_ON;
	}
	consume(c, used);
	c->body_n += used;
	if (is_body_too_large(c)) {
		c->frame.is_kept = false; /* nobody reads the rest */
		act(c);
		return CONN_GO_ON;
	}
	if (done == 0 && c->in.n == 0)
		return read_more(c, READ_PIECE);
	if (done == 1)
		act(c);
	return CONN_GO_ON;
}

enum conn_step conn_step_watch(struct conn *c)
{
	return read_more(c, READ_PIECE);
}

void conn_finish_job(struct conn *c, const struct job_answer *j, int fd)
{
	AUTO_BUF struct buf text = buf_growing(LIMITS_ANSWER_BYTES_MAX / 2);
	struct answer a = route_answer_job(
		&c->route, j, c->shared->config->jobs.dir, &text);

	c->job_id = 0;
	if (a.stream_from > 0)
		lseek(fd, (off_t)a.stream_from, SEEK_SET);
	c->stream_fd = fd;
	c->stream_left = c->frame.is_head ? 0 : a.stream_bytes;
	conn_answer(c, &a);
	c->watch.ready(c, 0);
}

void conn_give_up_job(struct conn *c)
{
	const struct job_answer lost = job_refuse(&c->route.job, JOB_FAILED,
		"no answer came from the process that carries it out");

	log_event(LOG_ERROR, "a job was never answered", "client", c->remote,
		NULL);
	job_channel_abort(c->shared->jobs, c->job_id);
	conn_finish_job(c, &lost, -1);
}
