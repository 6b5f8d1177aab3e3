/*
 * reviewer - a few lines to the API server and a queue of questions.
 *
 * A line is a connection that is kept open; a question takes the first idle
 * one.  Answers are cached as long as the configuration says.  Failure to
 * reach the server is not cached: the next question tries again.
 *
 * New credentials wait until no line is busy, as a connection that is being
 * made still reads the old ones.
 */
#include "checkpoint-agent/front/reviewer.h"

#include "checkpoint-agent/ipc/limits.h"
#include "lib/base/log.h"

#include <string.h>

#define ANSWER_BYTES_MAX (256 * 1024)
#define ARENA_BYTES_MAX  (4u << 20)
#define TIMEOUT_MS       10000 /* of a question, however slowly it drips */
#define REUSED_MS        2000  /* a kept line that is silent so long is dead */
#define TOKEN_BYTES_MAX  16384

static void take_fresh(struct reviewer *r);
static void ask_next(struct reviewer *r);

/* --- answers ------------------------------------------------------- */

static uint64_t ttl_ms(const struct config *c, bool is_token, bool is_yes)
{
	if (is_token)
		return c->token_ttl_ms;
	return is_yes ? c->authorized_ttl_ms : c->unauthorized_ttl_ms;
}

static enum reviewer_verdict parse_answer(
	struct reviewer_line *l, struct err *e)
{
	struct arena a = arena_make(ARENA_BYTES_MAX);
	struct reviewer_question *q = l->question;
	struct reviewer *r = l->owner;
	struct str json = buf_view(&l->answer);
	int yes = q->is_token ? review_parse_token(json, &a, &q->user, e)
			      : review_parse_access(json, &a, e);

	arena_wipe(&a); /* the answer repeats the token */
	if (yes < 0)
		return REVIEWER_UNKNOWN;
	review_cache_put(&r->cache, q->key,
		loop_now_ms() + ttl_ms(r->config, q->is_token, yes > 0),
		yes > 0, q->is_token ? &q->user : NULL);
	return yes > 0 ? REVIEWER_YES : REVIEWER_NO;
}

static void log_failure(const struct kube_end *end, const struct err *e)
{
	char status[8] = "-";
	struct buf b = buf_fixed(status, sizeof(status));

	if (end->status != 0)
		buf_fmt(&b, "%u", end->status);
	log_event(LOG_ERROR, "the API server gave no answer", "reason",
		end->error != NULL ? end->error->text : e->text, "status",
		buf_cstr(&b), NULL);
}

static void on_done(void *context, const struct kube_end *end)
{
	struct reviewer_line *l = context;
	struct reviewer_question *q = l->question;
	enum reviewer_verdict verdict = REVIEWER_UNKNOWN;
	struct err e = {.text = "refused"};

	l->is_busy = false;
	if (q != NULL) {
		if (end->is_complete &&
			(end->status == 200 || end->status == 201))
			verdict = parse_answer(l, &e);
		buf_wipe(&l->answer);
		if (verdict == REVIEWER_UNKNOWN)
			log_failure(end, &e);
		l->question = NULL;
		q->is_asked = false;
		buf_wipe(&q->body);
	}
	take_fresh(l->owner);
	ask_next(l->owner);
	if (q != NULL)
		q->answered(q->context, verdict);
}

static int on_body(void *context, struct str piece, struct err *e)
{
	struct reviewer_line *l = context;

	buf_str(&l->answer, piece);
	if (!l->answer.full)
		return 0;
	return err_kind(
		e, ERR_LIMIT, "review: more than %d bytes", ANSWER_BYTES_MAX);
}

/* --- questions ----------------------------------------------------- */

static struct reviewer_line *idle_line(struct reviewer *r)
{
	for (size_t i = 0; i < REVIEWER_LINES; i++)
		if (!r->line[i].is_busy)
			return &r->line[i];
	return NULL;
}

static void send_question(struct reviewer_line *l, struct reviewer_question *q)
{
	struct kube_request request = {.method = "POST",
		.target = str_of(
			q->is_token ? REVIEW_TOKEN_PATH : REVIEW_ACCESS_PATH),
		.body = buf_view(&q->body),
		.idle_ms = TIMEOUT_MS,
		.whole_ms = TIMEOUT_MS,
		.reused_ms = REUSED_MS};

	l->question = q;
	l->is_busy = true;
	buf_reset(&l->answer);
	kube_send(&l->call, &request);
}

/* Not while new credentials wait for the lines to become idle. */
static void ask_next(struct reviewer *r)
{
	struct reviewer_line *l = idle_line(r);

	while (l != NULL && r->first != NULL && r->fresh.n == 0) {
		struct reviewer_question *q = r->first;

		r->first = q->next;
		send_question(l, q);
		l = idle_line(r);
	}
}

static void enqueue(struct reviewer *r, struct reviewer_question *q)
{
	struct reviewer_question **at = &r->first;

	while (*at != NULL)
		at = &(*at)->next;
	q->next = NULL;
	*at = q;
	q->is_asked = true;
	ask_next(r);
}

/* The body is written: take the answer from the cache, or queue it. */
static enum reviewer_verdict ask_question(
	struct reviewer *r, struct reviewer_question *q)
{
	int known;

	if (q->body.full || !r->is_ready) {
		buf_wipe(&q->body);
		return REVIEWER_UNKNOWN;
	}
	review_key(buf_view(&q->body), q->key);
	known = review_cache_get(&r->cache, q->key, loop_now_ms(),
		q->is_token ? &q->user : NULL);
	if (known < 0) {
		enqueue(r, q);
		return REVIEWER_LATER;
	}
	buf_wipe(&q->body);
	return known > 0 ? REVIEWER_YES : REVIEWER_NO;
}

enum reviewer_verdict reviewer_ask_token(
	struct reviewer *r, struct reviewer_question *q, struct str token)
{
	q->is_token = true;
	q->body = buf_growing(2 * TOKEN_BYTES_MAX);
	review_put_token(&q->body, token);
	return ask_question(r, q);
}

enum reviewer_verdict reviewer_ask_access(struct reviewer *r,
	struct reviewer_question *q, const struct review_access *a)
{
	q->is_token = false;
	q->body = buf_growing(2 * TOKEN_BYTES_MAX);
	review_put_access(&q->body, a);
	return ask_question(r, q);
}

void reviewer_forget(struct reviewer *r, struct reviewer_question *q)
{
	struct reviewer_question **at = &r->first;

	if (!q->is_asked)
		return;
	while (*at != NULL && *at != q)
		at = &(*at)->next;
	if (*at == q)
		*at = q->next;
	for (size_t i = 0; i < REVIEWER_LINES; i++)
		if (r->line[i].question == q)
			r->line[i].question = NULL;
	q->is_asked = false;
	buf_wipe(&q->body);
}

/* --- credentials --------------------------------------------------- */

static bool is_any_busy(const struct reviewer *r)
{
	for (size_t i = 0; i < REVIEWER_LINES; i++)
		if (r->line[i].is_busy)
			return true;
	return false;
}

static void set_source(struct kubeconfig_source *s, struct str bytes)
{
	*s = (struct kubeconfig_source){.bytes = bytes};
}

static void use_credentials(struct reviewer *r, const struct credentials *m)
{
	struct kubeconfig *k = &r->api;

	memset(k, 0, sizeof(*k));
	memcpy(&k->server, m->part[CREDENTIALS_API_SERVER].p,
		sizeof(k->server));
	str_copy(m->part[CREDENTIALS_API_NAME], r->api_name,
		sizeof(r->api_name));
	k->tls_server_name = r->api_name[0] != '\0' ? r->api_name : NULL;
	set_source(&k->ca, m->part[CREDENTIALS_API_CA]);
	set_source(&k->certificate, m->part[CREDENTIALS_API_CERTIFICATE]);
	set_source(&k->key, m->part[CREDENTIALS_API_KEY]);
	set_source(&k->token, str_trim(m->part[CREDENTIALS_API_TOKEN]));
	r->is_ready = true;
}

/* Put the waiting credentials to use, over new connections. */
static void take_fresh(struct reviewer *r)
{
	struct credentials m;

	if (r->fresh.n == 0 || is_any_busy(r))
		return;
	for (size_t i = 0; i < REVIEWER_LINES; i++)
		kube_cancel(&r->line[i].call);
	buf_wipe(&r->packet);
	r->packet = r->fresh;
	r->fresh = buf_growing(LIMITS_CREDENTIALS_BYTES);
	if (credentials_parse(buf_view(&r->packet), &m, NULL) == 0)
		use_credentials(r, &m);
}

int reviewer_configure(
	struct reviewer *r, const struct credentials *m, struct err *e)
{
	if (m->part[CREDENTIALS_API_SERVER].n == 0)
		return 0;
	if (m->part[CREDENTIALS_API_SERVER].n != sizeof(struct url))
		return err_kind(
			e, ERR_INPUT, "credentials: invalid API server");
	buf_wipe(&r->fresh);
	r->fresh = buf_growing(LIMITS_CREDENTIALS_BYTES);
	credentials_start(&r->fresh);
	for (unsigned i = CREDENTIALS_API_SERVER; i < CREDENTIALS_PARTS; i++)
		credentials_put(&r->fresh, i, m->part[i]);
	if (r->fresh.full)
		return err_set(e, "API server credentials: out of memory");
	take_fresh(r);
	return 0;
}

/* --- open and close ------------------------------------------------ */

void reviewer_open(
	struct reviewer *r, const struct config *c, struct loop *loop)
{
	r->config = c;
	r->packet = r->fresh = buf_growing(LIMITS_CREDENTIALS_BYTES);
	for (size_t i = 0; i < REVIEWER_LINES; i++) {
		struct reviewer_line *l = &r->line[i];

		l->owner = r;
		l->answer = buf_growing(ANSWER_BYTES_MAX);
		l->call.loop = loop;
		l->call.config = &r->api;
		l->call.user_agent = "checkpoint-agent";
		l->call.body = on_body;
		l->call.done = on_done;
		l->call.context = l;
		kube_open(&l->call);
	}
}

void reviewer_close(struct reviewer *r)
{
	for (size_t i = 0; i < REVIEWER_LINES; i++) {
		kube_close(&r->line[i].call);
		buf_wipe(&r->line[i].answer);
	}
	buf_wipe(&r->packet);
	buf_wipe(&r->fresh);
}
