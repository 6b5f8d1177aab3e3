/*
 * call - the answer of each try decides what is next: log in, go elsewhere,
 * wait, or be done.
 *
 * Authorization is put into a request only if it goes to the registry's own
 * server, wherever a redirect or a Location leads.
 */
#include "images/ship/call.h"

#include "images/ship/call_try.h"
#include "images/ship/token.h"
#include "lib/base/json.h"
#include "lib/net/backoff.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define CALL_FIRST_WAIT_MS 500
#define CALL_WORDS_BYTES   400

/* What is known while a call goes on. */
struct course {
	struct call_try t;
	struct buf location; /* owned: where a redirect led */
	struct backoff backoff;
	unsigned tries, hops;
	bool has_logged_in; /* for this call */
};

enum next { NEXT_AGAIN, NEXT_DONE, NEXT_FAILED };

/* ---- waiting ------------------------------------------------------------- */

static uint64_t asked_wait_ms(const struct call_answer *a)
{
	struct str value;
	uint64_t s;

	if (a->head == NULL || !call_field(a, "Retry-After", &value) ||
		str_u64(value, 0, UINT64_MAX, &s) < 0)
		return 0;
	return s > CALL_WAIT_MAX_MS / 1000 ? CALL_WAIT_MAX_MS : s * 1000;
}

static void sleep_ms(uint64_t ms)
{
	struct timespec left = {.tv_sec = (time_t)(ms / 1000),
		.tv_nsec = (long)(ms % 1000) * 1000000};

	while (nanosleep(&left, &left) < 0 && errno == EINTR)
		continue;
}

void call_pause(unsigned failures)
{
	if (failures > 0)
		sleep_ms((uint64_t)CALL_FIRST_WAIT_MS
			 << (failures < 5 ? failures - 1 : 4));
}

/* Wait before the next try; NEXT_DONE or NEXT_FAILED: there is none. */
static enum next wait_for_next(struct registry *r, struct course *k,
	const struct call_answer *a, const char *why, enum next otherwise)
{
	uint64_t asked_ms = a == NULL ? 0 : asked_wait_ms(a);
	uint64_t wait_ms = backoff_next(&k->backoff, backoff_random());

	if (++k->tries >= CALL_TRIES)
		return otherwise;
	if (asked_ms > 0)
		wait_ms = asked_ms;
	progress_warn(r->progress, "keelson: %s: %s; again in %.1f s",
		r->ref.registry, why, (double)wait_ms / 1000);
	sleep_ms(wait_ms);
	return NEXT_AGAIN;
}

static bool is_busy(unsigned status)
{
	return status == 429 || status == 500 ||
	       (status >= 502 && status <= 504);
}

static enum next try_later(
	struct registry *r, struct course *k, const struct call_answer *a)
{
	char why[64];
	struct buf b = buf_fixed(why, sizeof(why));

	buf_fmt(&b, "it answers %u", a->status);
	return wait_for_next(r, k, a, buf_cstr(&b), NEXT_DONE);
}

/* ---- redirects ----------------------------------------------------------- */

static bool is_redirect(const struct call *c, unsigned status)
{
	return (strcmp(c->method, "GET") == 0 ||
		       strcmp(c->method, "HEAD") == 0) &&
	       (status == 301 || status == 302 || status == 303 ||
		       status == 307 || status == 308);
}

static enum next follow(struct registry *r, struct course *k,
	const struct call_answer *a, struct err *e)
{
	struct str where;

	if (!call_field(a, "Location", &where)) {
		err_kind(e, ERR_INPUT, "a redirect without Location");
		return NEXT_FAILED;
	}
	if (++k->hops > CALL_HOPS) {
		err_kind(e, ERR_LIMIT, "more than %d redirects", CALL_HOPS);
		return NEXT_FAILED;
	}
	buf_reset(&k->location);
	if (where.n > 0 && where.p[0] == '/') {
		/* on the server that answered */
		char host[URL_AUTHORITY_BYTES];

		buf_fmt(&k->location, "%s://%s",
			k->t.to.is_plain ? "http" : "https",
			url_authority(&k->t.to.server, host, sizeof(host)));
	}
	buf_str(&k->location, where);
	if (k->location.full ||
		url_parse_web(buf_view(&k->location), &k->t.to, e) < 0 ||
		registry_allows(r, &k->t.to, e) < 0) {
		err_at(e, "redirect");
		return NEXT_FAILED;
	}
	return NEXT_AGAIN;
}

/* ---- one after another ----------------------------------------------- */

static enum next log_in(struct registry *r, struct course *k,
	const struct call_answer *a, struct err *e)
{
	struct str field = {NULL, 0};

	k->has_logged_in = true;
	call_field(a, "WWW-Authenticate", &field);
	return token_answer(r, field, e) < 0 ? NEXT_FAILED : NEXT_AGAIN;
}

static enum next judge_answer(struct registry *r, struct course *k,
	const struct call_answer *a, struct err *e)
{
	if (a->status == 401 && !k->has_logged_in &&
		url_same_server(&k->t.to, &r->at))
		return log_in(r, k, a, e);
	if (is_redirect(k->t.call, a->status))
		return follow(r, k, a, e);
	return is_busy(a->status) ? try_later(r, k, a) : NEXT_DONE;
}

static enum next take_turn(struct registry *r, struct course *k,
	struct call_answer *a, struct err *e)
{
	err_clear(e);
	buf_reset(&a->text);
	a->head = NULL;
	if (call_try(r, &k->t, a, e) == 0)
		return judge_answer(r, k, a, e);
	if (k->t.call->is_once || !k->t.is_connection_broken)
		return NEXT_FAILED;
	return wait_for_next(r, k, NULL, e->text, NEXT_FAILED);
}

static int find_target(struct registry *r, const struct call *c,
	struct course *k, struct err *e)
{
	k->t.call = c;
	if (c->target.n > 0 && c->target.p[0] == '/') {
		k->t.to = r->at;
		k->t.to.target = c->target;
		return 0;
	}
	if (url_parse_web(c->target, &k->t.to, e) < 0)
		return err_at(e, "Location");
	return registry_allows(r, &k->t.to, e);
}

int call_make(struct registry *r, const struct call *c, struct call_answer *a,
	struct err *e)
{
	struct course k = {.location = buf_growing(CALL_URL_BYTES),
		.backoff = {.first_ms = CALL_FIRST_WAIT_MS,
			.last_ms = CALL_WAIT_MAX_MS}};
	enum next next = NEXT_AGAIN;

	*a = (struct call_answer){
		.text = buf_growing(
			c->take == NULL && c->max_bytes > CALL_TEXT_BYTES
				? c->max_bytes
				: CALL_TEXT_BYTES)};
	if (find_target(r, c, &k, e) < 0)
		next = NEXT_FAILED;
	while (next == NEXT_AGAIN)
		next = take_turn(r, &k, a, e);
	buf_free(&k.location);
	return next == NEXT_DONE ? 0
				 : err_at(e, "registry %s", r->ref.registry);
}

/* ---- refusals ------------------------------------------------------------ */

/* distribution-spec "Error Codes": {"errors": [{code, message}]} */
static void put_words(const struct call_answer *a, struct buf *out)
{
	AUTO_ARENA struct arena arena = arena_make((size_t)1 << 20);
	const struct node *doc = NULL, *first;
	struct str code, message;

	if (json_parse(buf_view(&a->text), &arena, &doc, NULL) < 0)
		return;
	first = node_first(node_get(doc, "errors"));
	code = node_text(node_get(first, "code"));
	message = node_text(node_get(first, "message"));
	if (code.n > 0)
		buf_fmt(out, " %.*s", STR_ARG(str_sub(code, 0, 64)));
	if (message.n > 0)
		buf_fmt(out, ": %.*s", STR_ARG(str_sub(message, 0, 256)));
}

int call_refused(const struct registry *r, const struct call_answer *a,
	const char *what, struct err *e)
{
	char words[CALL_WORDS_BYTES];
	struct buf b = buf_fixed(words, sizeof(words));
	const char *hint = "";

	put_words(a, &b);
	if (a->status == 401 || a->status == 403)
		hint = r->login.user.n == 0 && r->login.token.n == 0
			       ? " (no login for it is known: docker login)"
			       : " (the login does not allow it)";
	return err_kind(e, a->status == 404 ? ERR_ABSENT : ERR_FAILED,
		"%s/%s: %s: %u%s%s", r->ref.registry, r->ref.name, what,
		a->status, buf_cstr(&b), hint);
}
