/*
 * healthports: see healthports.h.  A list of listening ports, made equal to
 * what apply says after each sync that changed something about them: mark
 * all, keep or open what is wanted, close what is still marked.
 */
#include "kube-proxy-mini/healthports.h"
#include "lib/base/json.h"
#include "lib/base/log.h"

#include <stdio.h>
#include <stdlib.h>

#define SERVICE_BYTES (2 * MODEL_NAME_MAX + 2)

struct healthport {
	struct healthports *all;
	struct healthport *next;
	struct httpd server;
	char service[SERVICE_BYTES];
	uint16_t port;
	uint32_t local_endpoints;
	bool is_stale; /* not wanted, as far as seen */
};

/* ----------------------------------------------------------------- answers */

unsigned int healthports_write(struct str service, uint32_t local_endpoints,
	bool is_healthy, struct buf *out)
{
	struct str name = service, ns;

	str_cut(&name, '/', &ns);
	buf_text(out, "{\n\t\"service\": {\n\t\t\"namespace\": ");
	json_quote(out, ns);
	buf_text(out, ",\n\t\t\"name\": ");
	json_quote(out, name);
	buf_fmt(out,
		"\n\t},\n\t\"localEndpoints\": %u,\n"
		"\t\"serviceProxyHealthy\": %s\n}",
		local_endpoints, is_healthy ? "true" : "false");
	return is_healthy && local_endpoints > 0 ? 200 : 503;
}

/* Any path and method, as kube-proxy has it. */
static void answer(
	void *context, const struct http_request *r, struct httpd_answer *a)
{
	const struct healthport *p = context;

	(void)r;
	http_put_number(a->fields, "X-Load-Balancing-Endpoint-Weight",
		p->local_endpoints);
	a->content_type = "application/json";
	a->status = healthports_write(str_of(p->service), p->local_endpoints,
		health_is_good(p->all->health, loop_now_ms()), a->body);
}

/* ------------------------------------------------------------------- ports */

/* All addresses of both families, or of IPv4 where there is no other. */
static int listen_everywhere(struct healthport *p, struct err *e)
{
	static const unsigned char any[16];

	if (httpd_listen(&p->server, any, 16, p->port, NULL) == 0)
		return 0;
	return httpd_listen(&p->server, any, 4, p->port, e);
}

static void tell_failure(struct healthports *h,
	const struct apply_health *wanted, const struct err *e)
{
	log_event(LOG_ERROR, "health check port not served", "service",
		wanted->name, "why", e->text, NULL);
	if (h->failed != NULL)
		h->failed(h->context, wanted->name, wanted->port, e->text);
}

static void open_port(struct healthports *h, const struct apply_health *wanted)
{
	struct healthport *p = calloc(1, sizeof(*p));
	struct err e = {0};

	if (p == NULL || str_copy(str_of(wanted->name), p->service,
				 sizeof(p->service)) < 0) {
		free(p);
		return;
	}
	p->all = h;
	p->port = wanted->port;
	p->local_endpoints = wanted->local_endpoints;
	p->server.loop = h->loop;
	p->server.answer = answer;
	p->server.context = p;
	if (listen_everywhere(p, &e) < 0) {
		tell_failure(h, wanted, &e);
		free(p);
		return;
	}
	p->next = h->ports;
	h->ports = p;
}

static struct healthport *find_port(
	struct healthports *h, const struct apply_health *wanted)
{
	struct healthport *p = h->ports;

	while (p != NULL && !(p->port == wanted->port &&
				    str_is(str_of(p->service), wanted->name)))
		p = p->next;
	return p;
}

static void close_stale(struct healthports *h)
{
	struct healthport **at = &h->ports;

	while (*at != NULL) {
		struct healthport *p = *at;

		if (!p->is_stale) {
			at = &p->next;
			continue;
		}
		*at = p->next;
		httpd_close(&p->server);
		free(p);
	}
}

/* Make the ports equal to the list.  What goes closes before others open. */
static void settle(
	struct healthports *h, const struct apply_health *list, size_t n)
{
	for (struct healthport *p = h->ports; p != NULL; p = p->next)
		p->is_stale = true;
	for (size_t i = 0; i < n; i++) {
		struct healthport *p = find_port(h, &list[i]);

		if (p == NULL)
			continue;
		p->is_stale = false;
		p->local_endpoints = list[i].local_endpoints;
	}
	close_stale(h);
	for (size_t i = 0; i < n; i++)
		if (find_port(h, &list[i]) == NULL)
			open_port(h, &list[i]);
}

void healthports_update(
	struct healthports *h, const struct apply *a, const struct model *m)
{
	uint64_t changes = apply_stats(a).health_changes;
	struct apply_health *list;
	size_t n;

	if (changes == h->seen_changes)
		return;
	list = calloc(HEALTHPORTS_MAX, sizeof(*list));
	if (list == NULL)
		return; /* the next change tries again */
	n = apply_list_health(m, list, HEALTHPORTS_MAX);
	if (n > HEALTHPORTS_MAX) {
		log_event(LOG_WARN, "too many health check ports", NULL);
		n = HEALTHPORTS_MAX;
	}
	settle(h, list, n);
	free(list);
	h->seen_changes = changes;
}

void healthports_close(struct healthports *h)
{
	for (struct healthport *p = h->ports; p != NULL; p = p->next)
		p->is_stale = true;
	close_stale(h);
}
