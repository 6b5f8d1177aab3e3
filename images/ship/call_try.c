/*
 * call_try - a kept connection is used if the request goes to its server.  If
 * it fails before the first byte of an answer, the server has closed it in the
 * meantime (RFC 9112 9.3.1), and a new one is tried at once.
 */
#include "images/ship/call_try.h"

#include "lib/base/version.h"

#include <string.h>

#define HEAD_BYTES    ((size_t)64 << 10)
#define DISCARD_BYTES ((uint64_t)1 << 20) /* of a refusal that is not kept */

/* ---- the request --------------------------------------------------------- */

static bool is_reading(const struct call *c)
{
	return strcmp(c->method, "GET") == 0 || strcmp(c->method, "HEAD") == 0;
}

static void put_body_fields(const struct call *c, struct buf *out)
{
	if (c->type != NULL)
		http_put_field(out, "Content-Type", str_of(c->type));
	if (c->content_range != NULL)
		http_put_field(out, "Content-Range", str_of(c->content_range));
	if (!is_reading(c))
		http_put_number(out, "Content-Length",
			c->body.n > 0 ? c->body.n : c->body_bytes);
}

static void put_head(
	const struct registry *r, const struct call_try *t, struct buf *out)
{
	const struct call *c = t->call;
	char host[URL_AUTHORITY_BYTES];

	http_put_request(out, c->method, t->to.target);
	http_put_field(out, "Host",
		str_of(url_authority(&t->to.server, host, sizeof(host))));
	http_put_field(out, "User-Agent", STR("keelson/" KEELSON_VERSION));
	http_put_field(out, "Accept-Encoding", STR("identity"));
	if (c->accept != NULL)
		http_put_field(out, "Accept", str_of(c->accept));
	if (r->authorization.n > 0 && url_same_server(&t->to, &r->at))
		http_put_field(
			out, "Authorization", buf_view(&r->authorization));
	if (c->range_from > 0) {
		char range[48];
		struct buf b = buf_fixed(range, sizeof(range));

		buf_fmt(&b, "bytes=%llu-", (unsigned long long)c->range_from);
		http_put_field(out, "Range", buf_view(&b));
	}
	put_body_fields(c, out);
	http_put_end(out);
}

/* ---- the connection ------------------------------------------------------ */

/* Ask on a connection that is kept, else on a new one. */
static int ask(struct registry *r, struct call_try *t, struct exchange *x,
	const struct exchange_request *q, struct err *e)
{
	if (x == &r->main && x->is_kept && !wire_is_stale(&x->wire)) {
		if (exchange_ask(x, q, e) == 0)
			return 0;
		/* a body may have been taken: only what reads is repeated */
		if (!is_reading(t->call))
			return -1;
		err_clear(e);
	}
	if (registry_connect(r, x, &t->to, e) < 0)
		return -1;
	return exchange_ask(x, q, e);
}

/* ---- the answer ------------------------------------------------------- */

static int keep_text(void *context, struct str piece, struct err *e)
{
	struct call_answer *a = context;

	buf_str(&a->text, piece);
	return a->text.full ? err_kind(e, ERR_LIMIT, "the answer is too long")
			    : 0;
}

/* Of a refusal, and of what nobody asked for, the beginning is kept. */
static int keep_part(void *context, struct str piece, struct err *e)
{
	struct call_answer *a = context;
	size_t room =
		CALL_TEXT_BYTES > a->text.n ? CALL_TEXT_BYTES - a->text.n : 0;

	(void)e;
	buf_str(&a->text, str_sub(piece, 0, room));
	return 0;
}

static int read_text(struct exchange *x, const struct call *c,
	struct call_answer *a, struct err *e)
{
	if (a->status < 200 || a->status > 299 || c->max_bytes == 0)
		return exchange_body(x, DISCARD_BYTES, keep_part, a, e);
	return exchange_body(x, c->max_bytes, keep_text, a, e);
}

/* A sink's failure is not the connection's. */
struct taking {
	const struct call *call;
	bool has_refused;
};

static int pass_on(void *context, struct str piece, struct err *e)
{
	struct taking *t = context;
	int done = t->call->take(t->call->context, piece, e);

	t->has_refused = done < 0;
	return done;
}

static int read_data(struct exchange *x, struct call_try *t,
	const struct call_answer *a, struct err *e)
{
	const struct call *c = t->call;
	struct taking taking = {.call = c};

	if (c->begun != NULL && c->begun(c->context, a, e) < 0) {
		t->is_connection_broken = false;
		wire_close(&x->wire);
		return -1;
	}
	if (exchange_body(x, c->max_bytes, pass_on, &taking, e) == 0)
		return 0;
	t->is_connection_broken = !taking.has_refused && e->kind != ERR_LIMIT;
	return -1;
}

int call_try(struct registry *r, struct call_try *t, struct call_answer *a,
	struct err *e)
{
	const struct call *c = t->call;
	bool is_own = url_same_server(&t->to, &r->at);
	struct exchange *x = is_own ? &r->main : &r->other;
	struct buf head = buf_growing(HEAD_BYTES);
	struct exchange_request q = {.body = c->body,
		.body_fd = c->body_fd,
		.body_offset = c->body_offset,
		.body_bytes = c->body.n > 0 ? 0 : c->body_bytes,
		.is_head = strcmp(c->method, "HEAD") == 0,
		.sent = c->sent,
		.context = c->context};
	int done;

	t->is_connection_broken = true;
	put_head(r, t, &head);
	q.head = buf_view(&head);
	if (head.full)
		t->is_connection_broken = false;
	done = head.full ? err_kind(e, ERR_LIMIT,
				   "the request is too long, or has a control "
				   "character")
			 : ask(r, t, x, &q, e);
	buf_wipe(&head);
	if (done < 0)
		return -1;
	a->status = x->answer.status;
	a->head = &x->answer.head;
	if (c->take != NULL && (a->status == 200 || a->status == 206))
		return read_data(x, t, a, e);
	if (read_text(x, c, a, e) == 0)
		return 0;
	/* one that is too long does not become shorter */
	t->is_connection_broken = e->kind != ERR_LIMIT;
	return -1;
}
