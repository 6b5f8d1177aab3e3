/*
 * serve: see serve.h.  Two tables of paths; whatever is in neither gets the
 * 404 of httpd.  Methods are not looked at, as kube-proxy does not.
 */
#include "kube-proxy-mini/serve.h"
#include "lib/base/log.h"

#include <time.h>

#define TEXT "text/plain; charset=utf-8"

struct route {
	const char *path;
	void (*answer)(struct serve *s, struct httpd_answer *a);
};

int64_t serve_wall_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

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
		s->health, with_node, loop_now_ms(), serve_wall_ns(), a->body);
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

/* Ours: the rules have been written once. */
static void answer_readyz(struct serve *s, struct httpd_answer *a)
{
	put_text(a, s->health->updated_ns != 0 ? "ok" : "not yet");
	if (s->health->updated_ns == 0)
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
	config_write(s->config, a->body);
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

static void answer(struct serve *s, const struct route *table,
	const struct http_request *r, struct httpd_answer *a)
{
	for (; table->path != NULL; table++)
		if (str_is(r->path, table->path)) {
			table->answer(s, a);
			return;
		}
}

static void on_health(
	void *context, const struct http_request *r, struct httpd_answer *a)
{
	answer(context, health_routes, r, a);
}

static void on_metrics(
	void *context, const struct http_request *r, struct httpd_answer *a)
{
	answer(context, metrics_routes, r, a);
}

/* True when it listens, or has nowhere to. */
static bool open_port(struct serve *s, struct httpd *h,
	const struct config_bind *bind, const char *what)
{
	struct err e = {0};

	if (bind->port == 0 || h->watch.fd > 0)
		return true;
	h->loop = s->loop;
	h->context = s;
	if (httpd_listen(h, bind->ip.b, MODEL_ADDR_BYTES(bind->ip.family),
		    bind->port, &e) == 0)
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
