/*
 * kube_request - put the lines of a request head, then the body.
 *
 * A field value with control characters marks the buffer as full (http.h), so
 * a bad token can never add a line.
 */
#include "lib/net/kube_request.h"

#include "lib/net/http.h"
#include "lib/net/kubecred.h"

#define BEARER "Bearer "

static int put_token(struct buf *out, const struct kubeconfig *k, struct err *e)
{
	struct buf token =
		buf_growing(KUBECRED_TOKEN_BYTES_MAX + sizeof(BEARER));
	int rc;

	buf_text(&token, BEARER);
	rc = kubecred_token(k, &token, e);
	if (token.n > sizeof(BEARER) - 1)
		http_put_field(out, "Authorization", buf_view(&token));
	buf_wipe(&token);
	return rc;
}

static void put_body(struct buf *out, struct str body)
{
	if (body.n > 0) {
		http_put_field(out, "Content-Type", STR("application/json"));
		http_put_number(out, "Content-Length", body.n);
	}
	http_put_end(out);
	buf_str(out, body);
}

int kube_request_put(struct buf *out, const struct kube_request *r,
	const struct kubeconfig *k, const char *user_agent, struct err *e)
{
	char host[URL_AUTHORITY_BYTES], room[HTTP_TARGET_BYTES_MAX];
	struct buf target = buf_fixed(room, sizeof(room));

	buf_text(&target, k->server.path);
	buf_str(&target, r->target);
	http_put_request(out, r->method, buf_view(&target));
	url_authority(&k->server, host, sizeof(host));
	http_put_field(out, "Host", str_of(host));
	http_put_field(out, "User-Agent", str_of(user_agent));
	http_put_field(out, "Accept", STR("application/json"));
	if (put_token(out, k, e) < 0)
		return -1;
	put_body(out, r->body);
	if (out->full || target.full)
		return err_kind(e, ERR_LIMIT,
			"the request is too large, or its token has control "
			"characters");
	return 0;
}
