/*
 * views - finds ports in slices, whose ports are sorted, and answers what needs
 * no more than one look at each endpoint.
 */
#include "kube-proxy-mini/plan/views.h"

#include <stdlib.h>
#include <string.h>

/* Ports of slices. */

static int compare_port(
	const struct model_slice_port *p, const struct views_port *sought)
{
	if (p->proto != sought->proto)
		return p->proto < sought->proto ? -1 : 1;
	return str_cmp(p->name, sought->name);
}

/* The first of the slice's ports that is the one sought, or comes after it. */
static size_t first_match(
	const struct model_read_slice *s, const struct views_port *port)
{
	size_t low = 0, high = s->n_ports;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (compare_port(&s->ports[middle], port) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct model_slice_port *views_next_port(const struct model_read_slice *s,
	const struct views_port *port, size_t *i)
{
	size_t at = *i > 0 ? *i : first_match(s, port);

	*i = at + 1;
	if (s->family != port->family || at >= s->n_ports ||
		compare_port(&s->ports[at], port) != 0)
		return NULL;
	return &s->ports[at];
}

/* Endpoints. */

int views_compare(const void *x, const void *y)
{
	const struct plan_endpoint *a = x, *b = y;
	int d = memcmp(a->ip, b->ip, sizeof(a->ip));

	return d ? d : (a->port > b->port) - (a->port < b->port);
}

bool views_is_serving(uint8_t flags)
{
	return flags & (MODEL_EP_SERVING | MODEL_EP_READY);
}

/* For health checks. */

static int compare_local(const void *x, const void *y)
{
	return memcmp(x, y, 16);
}

static size_t add_local(
	const struct model_read_slice *s, uint8_t (*list)[16], size_t n)
{
	for (size_t i = 0; s->n_ports > 0 && i < s->n_endpoints; i++)
		if (choice_passes(s->endpoints[i].flags,
			    MODEL_EP_READY | MODEL_EP_LOCAL))
			memcpy(list[n++], s->endpoints[i].addr,
				MODEL_ADDR_BYTES(s->family));
	return n;
}

int64_t views_count_local(const struct model_read_slice *slices,
	enum model_family family, struct arena *a)
{
	size_t most = 0, n = 0;
	int64_t distinct = 0;
	uint8_t(*list)[16];

	for (const struct model_read_slice *s = slices; s; s = s->next)
		most += s->family == family ? s->n_endpoints : 0;
	list = arena_alloc(a, most * sizeof(*list) + 1);
	if (!list)
		return -1;
	for (const struct model_read_slice *s = slices; s; s = s->next)
		if (s->family == family)
			n = add_local(s, list, n);
	qsort(list, n, sizeof(*list), compare_local);
	for (size_t i = 0; i < n; i++)
		distinct += i == 0 || memcmp(list[i - 1], list[i], 16) != 0;
	return distinct;
}

/* Flows. */

static void judge_slice(const struct model_read_slice *s, uint16_t port,
	struct views_flow *flow)
{
	for (size_t i = 0; i < s->n_endpoints; i++) {
		const struct model_read_endpoint *p = &s->endpoints[i];

		if (!views_is_serving(p->flags))
			continue;
		flow->has_others = true;
		if (port == flow->port &&
			memcmp(p->addr, flow->ip->b,
				MODEL_ADDR_BYTES(s->family)) == 0)
			flow->is_served = true;
	}
}

void views_judge(const struct model_read_slice *slices,
	const struct views_port *port, struct views_flow *flow)
{
	const struct model_slice_port *p;
	size_t i;

	for (const struct model_read_slice *s = slices; s; s = s->next)
		for (i = 0; (p = views_next_port(s, port, &i));)
			judge_slice(s, p->port, flow);
}
