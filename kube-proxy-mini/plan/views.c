/*
 * views - gathers the candidates of a port from all slices, sorted and without
 * twins, and filters them twice by their flags.
 */
#include "kube-proxy-mini/plan/views.h"

#include <stdlib.h>
#include <string.h>

struct candidate {
	uint8_t ip[16];
	uint16_t port;
	uint8_t flags; /* MODEL_EP_* */
	uint32_t order;
};

struct candidates {
	struct candidate *list;
	size_t n;
};

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

static size_t count_candidates(
	const struct model_read_slice *slices, const struct views_port *port)
{
	size_t n = 0, i;

	for (const struct model_read_slice *s = slices; s; s = s->next)
		for (i = 0; views_next_port(s, port, &i);)
			n += s->n_endpoints;
	return n;
}

static void add_slice(
	const struct model_read_slice *s, uint16_t port, struct candidates *c)
{
	for (size_t i = 0; i < s->n_endpoints; i++) {
		struct candidate *to = &c->list[c->n];

		memcpy(to->ip, s->endpoints[i].addr,
			MODEL_ADDR_BYTES(s->family));
		to->port = port;
		to->flags = s->endpoints[i].flags;
		to->order = (uint32_t)c->n++;
	}
}

/* Gathering. */

int views_compare(const void *x, const void *y)
{
	const struct plan_endpoint *a = x, *b = y;
	int d = memcmp(a->ip, b->ip, sizeof(a->ip));

	return d ? d : (a->port > b->port) - (a->port < b->port);
}

static int compare_place(const struct candidate *a, const struct candidate *b)
{
	int d = memcmp(a->ip, b->ip, sizeof(a->ip));

	return d ? d : (a->port > b->port) - (a->port < b->port);
}

static int compare_candidates(const void *x, const void *y)
{
	const struct candidate *a = x, *b = y;
	int d = compare_place(a, b);

	return d ? d : (a->order > b->order) - (a->order < b->order);
}

/*
 * Two endpoints with one address: a pod that ends, and a new one that got its
 * address already; or one endpoint that is moving between slices.  What runs
 * comes before what terminates, then what is ready, what serves, and what is
 * on this node.
 */
unsigned int views_rank(uint8_t flags)
{
	return (flags & MODEL_EP_TERMINATING ? 0u : 8u) |
	       (flags & MODEL_EP_READY ? 4u : 0u) |
	       (flags & MODEL_EP_SERVING ? 2u : 0u) |
	       (flags & MODEL_EP_LOCAL ? 1u : 0u);
}

/* Keep the best of twins, and the first of equally good ones. */
static void drop_twins(struct candidates *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++) {
		if (!n || compare_place(&c->list[n - 1], &c->list[i]) != 0)
			c->list[n++] = c->list[i];
		else if (views_rank(c->list[i].flags) >
			 views_rank(c->list[n - 1].flags))
			c->list[n - 1] = c->list[i];
	}
	c->n = n;
}

static int gather(const struct model_read_slice *slices,
	const struct views_port *port, struct arena *a, struct candidates *c)
{
	const struct model_slice_port *p;
	size_t i;

	c->n = 0;
	c->list = arena_alloc(
		a, count_candidates(slices, port) * sizeof(*c->list) + 1);
	if (!c->list)
		return -1;
	for (const struct model_read_slice *s = slices; s; s = s->next)
		for (i = 0; (p = views_next_port(s, port, &i));)
			add_slice(s, p->port, c);
	qsort(c->list, c->n, sizeof(*c->list), compare_candidates);
	drop_twins(c);
	return 0;
}

bool views_is_serving(uint8_t flags)
{
	return flags & (MODEL_EP_SERVING | MODEL_EP_READY);
}

static size_t count_passing(const struct candidates *c, struct choice_filter f)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		n += choice_passes(c->list[i].flags, f);
	return n;
}

/* List the candidates that pass; *n_over grows by those that do not fit. */
static int keep(const struct candidates *c, struct choice_filter f,
	struct arena *a, struct plan_endpoints *out, size_t *n_over)
{
	size_t n = count_passing(c, f);

	if (n > PLAN_ENDPOINTS_MAX) {
		*n_over += n - PLAN_ENDPOINTS_MAX;
		n = PLAN_ENDPOINTS_MAX;
	}
	out->list = arena_alloc(a, n * sizeof(*out->list) + 1);
	if (!out->list)
		return -1;
	out->n = 0;
	for (size_t i = 0; i < c->n && out->n < n; i++) {
		struct plan_endpoint *to = &out->list[out->n];

		if (!choice_passes(c->list[i].flags, f))
			continue;
		memcpy(to->ip, c->list[i].ip, sizeof(to->ip));
		to->port = c->list[i].port;
		to->is_local = c->list[i].flags & MODEL_EP_LOCAL;
		out->n++;
	}
	return 0;
}

int views_make(const struct model_read_slice *slices,
	const struct views_port *port, struct arena *a, struct views *out)
{
	struct choice_counts counts = {0};
	struct choice choice;
	struct candidates c;

	*out = (struct views){0};
	if (gather(slices, port, a, &c) < 0)
		return -1;
	for (size_t i = 0; i < c.n; i++)
		choice_count(&counts, c.list[i].flags, 1);
	choice = choice_make(&counts);
	out->has_any = choice.has_any;
	for (int v = 0; v < PLAN_VIEWS; v++)
		if (keep(&c, choice.filter[v], a, &out->list[v], &out->n_over) <
			0)
			return -1;
	return 0;
}

/* For health checks. */

static int compare_local(const void *x, const void *y)
{
	return memcmp(x, y, 16);
}

static size_t add_local(
	const struct model_read_slice *s, uint8_t (*list)[16], size_t n)
{
	static const struct choice_filter f = {
		MODEL_EP_READY | MODEL_EP_LOCAL, 0};

	for (size_t i = 0; s->n_ports > 0 && i < s->n_endpoints; i++)
		if (choice_passes(s->endpoints[i].flags, f))
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
