/*
 * healthports - the Services that are answered for, found by their port.  A
 * list that comes is compared with them: first what is no longer wanted is
 * closed, and only then new ports are opened, since a Service may take
 * another's port.
 */
#include "kube-proxy-mini/status/healthports.h"

#include "kube-proxy-mini/status/healthdoors.h"
#include "lib/base/json.h"
#include "lib/base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVICE_BYTES (2 * MODEL_NAME_MAX + 2)

struct healthport {
	struct healthports *all;
	struct healthport *next;
	char service[SERVICE_BYTES];
	bool has_family[MODEL_FAMILIES];
	uint32_t local_endpoints[MODEL_FAMILIES];
	struct healthdoors doors;
	bool is_stale; /* to be closed, unless it is found in the list */
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
static void answer_check(
	void *context, const struct http_request *r, struct httpd_answer *a)
{
	const struct healthdoor *door = context;
	const struct healthport *p = door->all->context;
	uint32_t count = p->local_endpoints[door->ip.family];

	(void)r;
	http_put_number(a->fields, "X-Load-Balancing-Endpoint-Weight", count);
	a->content_type = "application/json";
	a->status = healthports_write(str_of(p->service), count,
		health_is_good(p->all->health, loop_now_ms()), a->body);
}

/* ------------------------------------------------------------------- ports */

static struct healthport **port_bucket(struct healthports *h, uint16_t port)
{
	return &h->by_port[port % HEALTHPORTS_BUCKETS];
}

static void retry_later(struct healthports *h)
{
	loop_timer_set(h->loop, &h->retry, HEALTHPORTS_RETRY_MS);
}

static void report_failure(const struct healthport *p, const struct err *e)
{
	struct healthports *h = p->all;

	log_event(LOG_ERROR, "health check port not served", "service",
		p->service, "why", e->text, NULL);
	if (h->failed != NULL)
		h->failed(h->context, p->service, p->doors.port, e->text);
	retry_later(h);
}

static void set_doors(struct healthport *p)
{
	const struct healthports *h = p->all;
	struct err e = {0};

	if (healthdoors_set(&p->doors, h->addresses, h->n_addresses,
		    p->has_family, &e) < 0)
		report_failure(p, &e);
}

/* Call it for every port; it may not remove them. */
static void each_port(struct healthports *h, void (*call)(struct healthport *p))
{
	for (size_t i = 0; i < HEALTHPORTS_BUCKETS; i++)
		for (struct healthport *p = h->by_port[i]; p; p = p->next)
			call(p);
}

/* Another process may have given the port up; what failed is known. */
static void port_retry(struct healthport *p)
{
	struct err e = {0};

	if (healthdoors_retry(&p->doors, &e) < 0)
		retry_later(p->all);
}

static void try_again(void *context)
{
	each_port(context, port_retry);
}

static struct healthport *find_port(
	struct healthports *h, const struct healthports_service *wanted)
{
	struct healthport *p = *port_bucket(h, wanted->port);

	while (p != NULL && !(p->doors.port == wanted->port &&
				    str_is(str_of(p->service), wanted->name)))
		p = p->next;
	return p;
}

static void add_port(
	struct healthports *h, const struct healthports_service *wanted)
{
	struct healthport *p = calloc(1, sizeof(*p));
	struct healthport **bucket = port_bucket(h, wanted->port);

	if (p == NULL || str_copy(str_of(wanted->name), p->service,
				 sizeof(p->service)) < 0) {
		free(p);
		return;
	}
	p->all = h;
	p->doors = (struct healthdoors){.loop = h->loop,
		.port = wanted->port,
		.answer = answer_check,
		.context = p};
	p->next = *bucket;
	*bucket = p;
}

static void mark_port_stale(struct healthport *p)
{
	p->is_stale = true;
}

static void close_stale_ports(struct healthport **at)
{
	while (*at != NULL) {
		struct healthport *p = *at;

		if (!p->is_stale) {
			at = &p->next;
			continue;
		}
		*at = p->next;
		healthdoors_close(&p->doors);
		free(p);
	}
}

static void close_all_stale(struct healthports *h)
{
	for (size_t i = 0; i < HEALTHPORTS_BUCKETS; i++)
		close_stale_ports(&h->by_port[i]);
}

static void update(
	struct healthport *p, const struct healthports_service *wanted)
{
	p->is_stale = false;
	memcpy(p->has_family, wanted->has_family, sizeof(p->has_family));
	memcpy(p->local_endpoints, wanted->local_endpoints,
		sizeof(p->local_endpoints));
}

static int compare_ports(const void *x, const void *y)
{
	const struct healthports_service *a = x, *b = y;

	return a->port != b->port ? a->port - b->port
				  : strcmp(a->name, b->name);
}

/* The same ones are left out each time; how many is logged when it changes. */
static size_t leave_out(
	struct healthports *h, struct healthports_service *list, size_t n)
{
	size_t over = n > HEALTHPORTS_MAX ? n - HEALTHPORTS_MAX : 0;
	char count[24], port[8];

	qsort(list, n, sizeof(*list), compare_ports);
	if (over > 0 && over != h->n_over) {
		snprintf(count, sizeof(count), "%zu", over);
		snprintf(port, sizeof(port), "%u",
			(unsigned int)list[HEALTHPORTS_MAX].port);
		log_event(LOG_WARN,
			"health check ports not served: there are too many",
			"count", count, "from", port, NULL);
	}
	h->n_over = over;
	return n - over;
}

void healthports_set(
	struct healthports *h, struct healthports_service *list, size_t n)
{
	struct healthport *p;

	n = leave_out(h, list, n);
	h->retry.expired = try_again;
	h->retry.context = h;
	each_port(h, mark_port_stale);
	for (size_t i = 0; i < n; i++)
		if ((p = find_port(h, &list[i])) != NULL)
			update(p, &list[i]);
	close_all_stale(h);
	for (size_t i = 0; i < n; i++) {
		if (find_port(h, &list[i]) == NULL)
			add_port(h, &list[i]);
		p = find_port(h, &list[i]);
		if (p == NULL)
			continue;
		update(p, &list[i]);
		set_doors(p);
	}
}

void healthports_set_addresses(
	struct healthports *h, const struct model_ip *list, size_t n)
{
	h->n_addresses = n < HEALTHPORTS_ADDRS ? n : HEALTHPORTS_ADDRS;
	memcpy(h->addresses, list, h->n_addresses * sizeof(*list));
	each_port(h, set_doors);
}

void healthports_close(struct healthports *h)
{
	if (h->loop != NULL)
		loop_timer_clear(h->loop, &h->retry);
	each_port(h, mark_port_stale);
	close_all_stale(h);
}
