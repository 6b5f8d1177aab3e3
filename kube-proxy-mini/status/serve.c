/*
 * serve - one table of paths for each port; any other path gets the 404 of
 * lib/net/httpd.  Like kube-proxy, it answers every method alike, and only the
 * health port, which has Go's ServeMux there, redirects to clean paths.
 */
#include "kube-proxy-mini/status/serve.h"

#include "kube-proxy-mini/config/configz.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/net/gopath.h"

#include <string.h>

#define TEXT "text/plain; charset=utf-8"

struct route {
	const char *path;
	void (*answer)(struct serve *s, struct httpd_answer *a);
};

static void put_text(struct httpd_answer *a, const char *text)
{
	a->status = 200;
	a->content_type = TEXT;
	buf_text(a->body, text);
}

static void put_health(struct serve *s, bool with_node, struct httpd_answer *a)
{
	struct serve_counts *counts = with_node ? &s->healthz : &s->livez;

	a->content_type = "application/json";
	a->status = health_write(
		s->health, with_node, loop_now_ms(), clock_wall_ns(), a->body);
	if (a->status == 200)
		counts->good++;
	else
		counts->bad++;
}

static void answer_healthz(struct serve *s, struct httpd_answer *a)
{
	put_health(s, true, a);
}

static void answer_livez(struct serve *s, struct httpd_answer *a)
{
	put_health(s, false, a);
}

/* Not upstream's: have the rules been written once? */
static void answer_readyz(struct serve *s, struct httpd_answer *a)
{
	if (s->health->updated_ns != 0) {
		put_text(a, "ok");
		return;
	}
	put_text(a, "not yet: waiting for ");
	buf_text(a->body, s->waits_for(s->context));
	a->status = 503;
}

static void answer_ok(struct serve *s, struct httpd_answer *a)
{
	(void)s;
	put_text(a, "ok");
}

static void answer_mode(struct serve *s, struct httpd_answer *a)
{
	(void)s;
	put_text(a, "nftables");
}

static void answer_metrics(struct serve *s, struct httpd_answer *a)
{
	a->status = 200;
	a->content_type = "text/plain; version=0.0.4; charset=utf-8";
	s->put_metrics(s->context, a->body);
}

static void answer_configz(struct serve *s, struct httpd_answer *a)
{
	a->status = 200;
	a->content_type = "application/json";
	configz_write_json(s->config, a->body);
}

static const struct route health_routes[] = {
	{"/healthz", answer_healthz},
	{"/livez", answer_livez},
	{"/readyz", answer_readyz},
	{NULL, NULL},
};

static const struct route metrics_routes[] = {
	{"/metrics", answer_metrics},
	{"/healthz", answer_ok},
	{"/proxyMode", answer_mode},
	{"/configz", answer_configz},
	{NULL, NULL},
};

static void put_html(struct buf *b, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '&')
			buf_text(b, "&amp;");
		else if (text.p[i] == '<')
			buf_text(b, "&lt;");
		else if (text.p[i] == '>')
			buf_text(b, "&gt;");
		else if (text.p[i] == '"')
			buf_text(b, "&#34;");
		else if (text.p[i] == '\'')
			buf_text(b, "&#39;");
		else
			buf_byte(b, text.p[i]);
	}
}

static void put_redirect(
	const struct http_request *r, struct str to, struct httpd_answer *a)
{
	bool is_get = str_is(r->method, "GET");

	a->status = 307;
	http_put_field(a->fields, "Location", to);
	if (is_get || str_is(r->method, "HEAD"))
		a->content_type = "text/html; charset=utf-8";
	if (!is_get)
		return;
	buf_text(a->body, "<a href=\"");
	put_html(a->body, to);
	buf_text(a->body, "\">Temporary Redirect</a>.\n\n");
}

/* As Go's ServeMux: a path that is not clean leads to the clean one. */
static bool redirect_unclean(
	const struct http_request *r, struct httpd_answer *a)
{
	AUTO_BUF struct buf clean = buf_growing(r->path.n + 2);
	AUTO_BUF struct buf to = buf_growing(HTTPD_HEAD_BYTES_MAX * 3);

	gopath_clean(r->path, &clean);
	if (str_eq(buf_view(&clean), r->path) || str_is(r->path, "*") ||
		str_is(r->method, "CONNECT"))
		return false;
	gopath_escape(buf_view(&clean), &to);
	if (r->query.n > 0) {
		buf_byte(&to, '?');
		buf_str(&to, r->query);
	}
	put_redirect(r, buf_view(&to), a);
	return true;
}

static void answer_path(struct serve *s, const struct route *table,
	const struct http_request *r, struct httpd_answer *a)
{
	AUTO_BUF struct buf path = buf_growing(r->path.n + 1);

	if (http_unescape(r->path, false, &path) < 0)
		return;
	for (; table->path != NULL; table++)
		if (str_is(buf_view(&path), table->path)) {
			table->answer(s, a);
			return;
		}
}

static void on_health(
	void *context, const struct http_request *r, struct httpd_answer *a)
{
	if (!redirect_unclean(r, a))
		answer_path(context, health_routes, r, a);
}

static void on_metrics(
	void *context, const struct http_request *r, struct httpd_answer *a)
{
	answer_path(context, metrics_routes, r, a);
}

/* As in Go, all zeros of IPv4 take IPv6, too. */
static int listen_at(
	struct httpd *h, const struct config_bind *bind, struct err *e)
{
	static const unsigned char any[16];
	size_t n = MODEL_ADDR_BYTES(bind->ip.family);
	bool is_any = memcmp(bind->ip.b, any, n) == 0;

	return httpd_listen(h, is_any ? any : bind->ip.b,
		is_any ? sizeof(any) : n, bind->port, e);
}

/* True when it listens, or has no address to listen on. */
static bool open_port(struct serve *s, struct httpd *h,
	const struct config_bind *bind, const char *what)
{
	struct err e = {0};

	if (bind->port == 0 || h->watch.fd > 0)
		return true;
	h->loop = s->loop;
	h->context = s;
	if (listen_at(h, bind, &e) == 0)
		return true;
	if (!s->has_failed) {
		log_event(LOG_ERROR, "port not served, trying again", "for",
			what, "why", e.text, NULL);
		if (s->failed != NULL)
			s->failed(s->context, bind->port, e.text);
	}
	return false;
}

static void open_ports(void *context)
{
	struct serve *s = context;
	bool is_health =
		open_port(s, &s->health_port, &s->config->healthz, "health");
	bool is_metrics =
		open_port(s, &s->metrics_port, &s->config->metrics, "metrics");

	s->has_failed = !is_health || !is_metrics;
	if (s->has_failed)
		loop_timer_set(s->loop, &s->retry, SERVE_RETRY_MS);
}

void serve_open(struct serve *s)
{
	s->health_port.answer = on_health;
	s->metrics_port.answer = on_metrics;
	s->retry = (struct loop_timer){.expired = open_ports, .context = s};
	open_ports(s);
}

void serve_close(struct serve *s)
{
	if (s->loop == NULL)
		return;
	loop_timer_clear(s->loop, &s->retry);
	httpd_close(&s->health_port);
	httpd_close(&s->metrics_port);
}
