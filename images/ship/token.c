/*
 * token - the service is asked over a connection of its own.
 *
 * It gets the name and the password of the registry that names it; that is
 * what the specification and every client do.  So it must be reached by TLS,
 * unless plain http is allowed.
 */
#include "images/ship/token.h"

#include "images/ship/challenge.h"
#include "lib/base/base64.h"
#include "lib/base/json.h"
#include "lib/base/version.h"

#include <string.h>

#define TOKEN_REQUEST_BYTES ((size_t)128 << 10)
#define TOKEN_ARENA_BYTES   ((size_t)4 << 20)

/* "Basic " and base64 of "user:password". */
static void put_basic(const struct login *l, struct buf *out)
{
	struct buf pair = buf_growing(3 * LOGIN_SECRET_BYTES);

	buf_str(&pair, buf_view(&l->user));
	buf_byte(&pair, ':');
	buf_str(&pair, buf_view(&l->password));
	buf_text(out, "Basic ");
	base64_encode(buf_view(&pair), out);
	out->full = out->full || pair.full;
	buf_wipe(&pair);
}

static void put_parameter(struct buf *out, const char *separator,
	const char *name, struct str value)
{
	buf_fmt(out, "%s%s=", separator, name);
	http_escape(value, false, out);
}

/*
 * What the token must allow: what this transfer does, which may be more than
 * the request that was refused.  In a form one parameter has all scopes.
 */
static void put_scopes(const struct registry *r, bool is_form, struct buf *out)
{
	char room[2 * REFERENCE_NAME_BYTES];
	struct buf own = buf_fixed(room, sizeof(room));

	buf_fmt(&own, "repository:%s:%s", r->ref.name, r->actions);
	put_parameter(out, "&", "scope", buf_view(&own));
	if (r->also_from != NULL) {
		buf_reset(&own);
		buf_fmt(&own, "repository:%s:pull", r->also_from);
		if (is_form) {
			buf_text(out, "%20");
			http_escape(buf_view(&own), false, out);
		} else {
			put_parameter(out, "&", "scope", buf_view(&own));
		}
	}
}

/* GET ...?service=&scope=, with name and password if there are any. */
static void put_get(const struct registry *r, const struct challenge *c,
	const struct url_web *to, struct buf *out)
{
	AUTO_BUF struct buf target = buf_growing(TOKEN_REQUEST_BYTES);
	bool has_query = str_find(to->target, '?') < to->target.n;

	buf_str(&target, to->target);
	put_parameter(
		&target, has_query ? "&" : "?", "service", str_of(c->service));
	put_scopes(r, false, &target);
	http_put_request(out, "GET", buf_view(&target));
	if (r->login.user.n > 0) {
		struct buf basic = buf_growing(TOKEN_REQUEST_BYTES);

		put_basic(&r->login, &basic);
		http_put_field(out, "Authorization", buf_view(&basic));
		out->full = out->full || basic.full;
		buf_wipe(&basic);
	}
}

/* The form that a token of an earlier login is exchanged by. */
static void put_form(
	const struct registry *r, const struct challenge *c, struct buf *out)
{
	put_parameter(out, "", "grant_type", STR("refresh_token"));
	put_parameter(out, "&", "client_id", STR("keelson"));
	put_parameter(out, "&", "service", str_of(c->service));
	put_scopes(r, true, out);
	put_parameter(out, "&", "refresh_token", buf_view(&r->login.token));
}

static void put_request(const struct registry *r, const struct challenge *c,
	const struct url_web *to, struct str form, struct buf *out)
{
	char host[URL_AUTHORITY_BYTES];

	if (form.n == 0)
		put_get(r, c, to, out);
	else
		http_put_request(out, "POST", to->target);
	http_put_field(out, "Host",
		str_of(url_authority(&to->server, host, sizeof(host))));
	http_put_field(out, "User-Agent", STR("keelson/" KEELSON_VERSION));
	http_put_field(out, "Accept", STR("application/json"));
	if (form.n > 0) {
		http_put_field(out, "Content-Type",
			STR("application/x-www-form-urlencoded"));
		http_put_number(out, "Content-Length", form.n);
	}
	http_put_end(out);
}

static int keep_answer(void *context, struct str piece, struct err *e)
{
	(void)e;
	buf_str(context, piece);
	return 0;
}

struct str token_of(const struct node *answer)
{
	struct str token = node_text(node_get(answer, "token"));

	return token.n > 0 ? token
			   : node_text(node_get(answer, "access_token"));
}

static int use_token(struct registry *r, struct str text, struct err *e)
{
	struct arena a = arena_make(TOKEN_ARENA_BYTES);
	const struct node *answer = NULL;
	int done = json_parse(text, &a, &answer, e);
	struct str token = done < 0 ? STR("") : token_of(answer);

	if (done == 0 && token.n == 0)
		done = err_kind(e, ERR_INPUT, "its answer has no token");
	if (done == 0) {
		buf_text(&r->authorization, "Bearer ");
		buf_str(&r->authorization, token);
		if (r->authorization.full)
			done = err_kind(e, ERR_LIMIT, "its token is too long");
	}
	arena_wipe(&a);
	return done;
}

static int ask_service(struct registry *r, struct exchange *x,
	const struct exchange_request *q, struct err *e)
{
	struct buf text = buf_growing(TOKEN_ANSWER_BYTES);
	int done = exchange_ask(x, q, e);
	unsigned status = x->answer.status;

	if (done == 0)
		done = exchange_body(
			x, TOKEN_ANSWER_BYTES, keep_answer, &text, e);
	if (done == 0 && status == 401)
		done = err_kind(e, ERR_DENIED, "it refuses the login");
	else if (done == 0 && status != 200)
		done = err_set(e, "it answers %u", status);
	if (done == 0)
		done = use_token(r, buf_view(&text), e);
	buf_wipe(&text);
	return done;
}

static int get_token(
	struct registry *r, const struct challenge *c, struct err *e)
{
	struct buf request = buf_growing(TOKEN_REQUEST_BYTES);
	struct buf form = buf_growing(TOKEN_REQUEST_BYTES);
	struct exchange x;
	struct url_web to;
	int done = url_parse_web(str_of(c->realm), &to, e);

	exchange_open(&x);
	if (done == 0 && r->login.token.n > 0)
		put_form(r, c, &form);
	if (done == 0)
		put_request(r, c, &to, buf_view(&form), &request);
	if (done == 0 && (request.full || form.full))
		done = err_kind(e, ERR_LIMIT, "the request is too long");
	if (done == 0 && (registry_allows(r, &to, e) < 0 ||
				 registry_connect(r, &x, &to, e) < 0))
		done = -1;
	if (done == 0)
		done = ask_service(r, &x,
			&(struct exchange_request){.head = buf_view(&request),
				.body = buf_view(&form),
				.body_fd = -1},
			e);
	exchange_close(&x);
	buf_wipe(&request);
	buf_wipe(&form);
	return done < 0 ? err_at(e, "token service %s", c->realm) : 0;
}

int token_answer(struct registry *r, struct str field, struct err *e)
{
	struct challenge c;

	buf_wipe(&r->authorization);
	if (challenge_parse(field, &c, e) < 0)
		return -1;
	if (c.kind == CHALLENGE_BEARER)
		return get_token(r, &c, e);
	if (c.kind == CHALLENGE_NONE)
		return err_set(e, "it wants a login of a kind that is not "
				  "known here");
	if (r->login.user.n == 0)
		return err_kind(e, ERR_DENIED,
			"it wants a login, and none is known: docker login, "
			"or --auth-file");
	put_basic(&r->login, &r->authorization);
	return r->authorization.full
		       ? err_kind(e, ERR_LIMIT, "the login is too long")
		       : 0;
}
