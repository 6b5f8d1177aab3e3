/*
 * health - the front answers, so it is alive; and it ends with the back, so
 * the back is too.
 */
#include "checkpoint-agent/health.h"

#include "checkpoint-agent/limits.h"
#include "lib/net/listen.h"

static void answer(
	void *context, const struct http_request *r, struct httpd_answer *a)
{
	const struct health *h = context;
	bool asks_ready = str_is(r->path, "/readyz");

	if (!asks_ready && !str_is(r->path, "/healthz") &&
		!str_is(r->path, "/livez"))
		return;
	a->content_type = "text/plain; charset=utf-8";
	a->status = asks_ready && *h->is_ending ? 500 : 200;
	buf_text(a->body, a->status == 200 ? "ok" : "ending");
}

int health_listen(
	struct health *h, const char *address, uint64_t port, struct err *e)
{
	unsigned char bytes[LISTEN_ADDRESS_BYTES];
	size_t n = listen_parse(address, bytes);

	if (n == 0)
		return err_kind(e, ERR_USAGE,
			"--healthz-bind-address %s: not an address", address);
	h->httpd.answer = answer;
	h->httpd.context = h;
	h->httpd.patience_ms = LIMITS_PORT_WAIT_MS;
	return httpd_listen(&h->httpd, bytes, n, (uint16_t)port, e);
}
