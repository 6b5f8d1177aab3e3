/*
 * health - the front answers, so it is alive; and it ends with the back, so
 * the back is too.
 */
#include "checkpoint-agent/health.h"

#include <arpa/inet.h>
#include <netinet/in.h>

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
	unsigned char bytes[sizeof(struct in6_addr)];
	size_t n = 0;

	if (inet_pton(AF_INET, address, bytes) == 1)
		n = 4;
	else if (inet_pton(AF_INET6, address, bytes) == 1)
		n = 16;
	else
		return err_kind(e, ERR_USAGE,
			"--healthz-bind-address %s: not an address", address);
	h->httpd.answer = answer;
	h->httpd.context = h;
	return httpd_listen(&h->httpd, bytes, n, (uint16_t)port, e);
}
