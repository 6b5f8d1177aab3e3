/*
 * plan - from API objects to endpoints and addresses.
 *
 * The choices are those of every Kubernetes proxy: ready endpoints, by hints
 * of node or zone when all have them; when none is ready, those that still
 * serve while terminating; policy Local keeps to this node.  A Service
 * without any endpoint rejects; one whose policy finds none here drops.
 */
#include "kube-proxy-mini/plan.h"

#include <stdlib.h>
#include <string.h>

/* Endpoints of one port and family, before views are made of them. */
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

struct maker {
	const struct env *env;
	const struct model_service *service;
	const struct model_read_slice *slices;
	struct arena *arena;
	struct plan *plan;
};

/* Gathering. */

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

/* Of twins the first counts, but one on this node before all others. */
static void drop_twins(struct candidates *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++) {
		if (!n || compare_place(&c->list[n - 1], &c->list[i]) != 0)
			c->list[n++] = c->list[i];
		else if (c->list[i].flags & MODEL_EP_LOCAL)
			c->list[n - 1] = c->list[i];
	}
	c->n = n;
}

static bool port_matches(
	const struct model_slice_port *s, const struct plan_port *p)
{
	return s->proto == p->proto && str_eq(s->name, p->name);
}

static size_t count_matches(const struct maker *m, const struct plan_port *p)
{
	size_t n = 0;

	for (const struct model_read_slice *s = m->slices; s; s = s->next)
		for (size_t i = 0; i < s->n_ports; i++)
			if (s->family == p->family &&
				port_matches(&s->ports[i], p))
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

static int gather(
	const struct maker *m, const struct plan_port *p, struct candidates *c)
{
	c->n = 0;
	c->list = arena_alloc(
		m->arena, count_matches(m, p) * sizeof(*c->list) + 1);
	if (!c->list)
		return -1;
	for (const struct model_read_slice *s = m->slices; s; s = s->next)
		for (size_t i = 0; i < s->n_ports; i++)
			if (s->family == p->family &&
				port_matches(&s->ports[i], p))
				add_slice(s, s->ports[i].port, c);
	qsort(c->list, c->n, sizeof(*c->list), compare_candidates);
	drop_twins(c);
	return 0;
}

/* Choosing: which flags an endpoint must have, and which of them not. */

struct filter {
	uint8_t must, must_not;
};

static bool passes(uint8_t flags, struct filter f)
{
	return (flags & f.must) == f.must && !(flags & f.must_not);
}

static bool any(const struct candidates *c, struct filter f)
{
	for (size_t i = 0; i < c->n; i++)
		if (passes(c->list[i].flags, f))
			return true;
	return false;
}

static const struct filter ready = {MODEL_EP_READY, 0};
static const struct filter leaving = {
	MODEL_EP_SERVING | MODEL_EP_TERMINATING, 0};

static struct filter on_node(struct filter f)
{
	f.must |= MODEL_EP_LOCAL;
	return f;
}

/* Hints count only when every ready endpoint has them and one means us. */
static struct filter by_hints(const struct candidates *c)
{
	static const struct filter for_node = {
		MODEL_EP_READY | MODEL_EP_NODE_OURS, 0};
	static const struct filter for_zone = {
		MODEL_EP_READY | MODEL_EP_ZONE_OURS, 0};
	static const struct filter no_node = {
		MODEL_EP_READY, MODEL_EP_NODE_HINTS};
	static const struct filter no_zone = {
		MODEL_EP_READY, MODEL_EP_ZONE_HINTS};

	if (any(c, for_node) && !any(c, no_node))
		return for_node;
	if (any(c, for_zone) && !any(c, no_zone))
		return for_zone;
	return ready;
}

static int keep(const struct maker *m, const struct candidates *c,
	struct filter f, struct plan_endpoints *out)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		n += passes(c->list[i].flags, f);
	if (n > PLAN_ENDPOINTS_MAX) {
		m->plan->endpoints_over += n - PLAN_ENDPOINTS_MAX;
		n = PLAN_ENDPOINTS_MAX;
	}
	out->list = arena_alloc(m->arena, n * sizeof(*out->list) + 1);
	if (!out->list)
		return -1;
	out->n = 0;
	for (size_t i = 0; i < c->n && out->n < n; i++) {
		struct plan_endpoint *to = &out->list[out->n];

		if (!passes(c->list[i].flags, f))
			continue;
		memcpy(to->ip, c->list[i].ip, sizeof(to->ip));
		to->port = c->list[i].port;
		to->is_local = c->list[i].flags & MODEL_EP_LOCAL;
		out->n++;
	}
	return 0;
}

static void count_local(const struct maker *m, const struct candidates *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		n += passes(c->list[i].flags, on_node(ready));
	if (m->plan->local_endpoints < n)
		m->plan->local_endpoints = n;
}

/* The two views of a port; *has_any: somewhere somebody could serve it. */
static int make_views(const struct maker *m, struct plan_port *p, bool *has_any)
{
	struct candidates c;
	struct filter cluster, local;

	if (gather(m, p, &c) < 0)
		return -1;
	count_local(m, &c);
	cluster = any(&c, ready) ? by_hints(&c) : leaving;
	local = any(&c, on_node(ready)) ? on_node(ready) : on_node(leaving);
	*has_any = any(&c, ready) || any(&c, leaving);
	if (keep(m, &c, cluster, &p->views[PLAN_CLUSTER]) < 0)
		return -1;
	return keep(m, &c, local, &p->views[PLAN_LOCAL]);
}

/* Addresses. */

static enum plan_target target(struct plan_port *p, bool is_local, bool has_any)
{
	struct plan_endpoints *v =
		&p->views[is_local ? PLAN_LOCAL : PLAN_CLUSTER];

	if (!has_any)
		return PLAN_TO_REJECT;
	if (!v->n)
		return PLAN_TO_DROP;
	v->is_used = true;
	return is_local ? PLAN_TO_LOCAL : PLAN_TO_CLUSTER;
}

struct address_list {
	struct plan_address *list;
	size_t n;
};

static void add_cluster_ip(const struct maker *m, struct plan_port *p,
	bool has_any, struct plan_address at, struct address_list *l)
{
	bool is_local = m->service->internal_local;

	at.kind = PLAN_CLUSTER_IP;
	at.masquerade = m->env->masquerade_all ? RULESET_MASQ_ALWAYS
					       : RULESET_MASQ_OUTSIDE;
	at.inside = target(p, is_local, has_any);
	if (at.inside == PLAN_TO_DROP)
		m->plan->lacks_local_internal = true;
	l->list[l->n++] = at;
}

/* An address that clients outside may use. */
static void add_external(const struct maker *m, struct plan_port *p,
	bool has_any, struct plan_address at, struct address_list *l)
{
	bool is_local = m->service->external_local;

	if (at.ip.family != p->family)
		return;
	at.masquerade = is_local ? RULESET_MASQ_LOCAL : RULESET_MASQ_ALWAYS;
	at.inside = target(p, false, has_any);
	if (is_local && has_any)
		at.outside = target(p, true, has_any);
	if (at.outside == PLAN_TO_DROP)
		m->plan->lacks_local_external = true;
	l->list[l->n++] = at;
}

static size_t most_addresses(const struct maker *m)
{
	const struct model_service *s = m->service;

	return s->n_cluster_ips + s->n_ingress + s->n_external_ips +
	       m->env->n_nodeport_ips;
}

static int make_addresses(const struct maker *m, const struct model_port *from,
	struct plan_port *p, const struct model_ip *cluster_ip)
{
	const struct model_service *s = m->service;
	struct address_list l = {
		arena_alloc(m->arena, most_addresses(m) * sizeof(*l.list) + 1),
		0};
	bool has_any;

	if (!l.list || make_views(m, p, &has_any) < 0)
		return -1;
	add_cluster_ip(m, p, has_any,
		(struct plan_address){.ip = *cluster_ip, .port = from->port},
		&l);
	for (size_t i = 0; i < s->n_ingress; i++)
		if (!s->ingress[i].is_proxy)
			add_external(m, p, has_any,
				(struct plan_address){.ip = s->ingress[i].ip,
					.port = from->port,
					.kind = PLAN_BALANCER_IP},
				&l);
	for (size_t i = 0; i < s->n_external_ips; i++)
		add_external(m, p, has_any,
			(struct plan_address){.ip = s->external_ips[i],
				.port = from->port,
				.kind = PLAN_EXTERNAL_IP},
			&l);
	for (size_t i = 0; from->node_port && i < m->env->n_nodeport_ips; i++)
		add_external(m, p, has_any,
			(struct plan_address){.ip = m->env->nodeport_ips[i],
				.port = from->node_port,
				.kind = PLAN_NODE_PORT},
			&l);
	p->addresses = l.list;
	p->n_addresses = l.n;
	return 0;
}

/* Source ranges: of this family, none within another. */

static bool net_holds(const struct model_net *net, const struct model_net *x)
{
	size_t whole = net->bits / 8, rest = net->bits % 8;
	uint8_t mask = (uint8_t)(0xff00 >> rest);

	if (net->ip.family != x->ip.family || net->bits > x->bits)
		return false;
	if (memcmp(net->ip.b, x->ip.b, whole) != 0)
		return false;
	return !rest || ((net->ip.b[whole] ^ x->ip.b[whole]) & mask) == 0;
}

static struct model_net single(struct model_ip ip)
{
	return (struct model_net){ip, ip.family == MODEL_V4 ? 32 : 128};
}

static void add_range(struct model_net *list, size_t *n, struct model_net net)
{
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++)
		if (net_holds(&list[i], &net))
			return;
	for (size_t i = 0; i < *n; i++)
		if (!net_holds(&net, &list[i]))
			list[kept++] = list[i];
	list[kept++] = net;
	*n = kept;
}

/*
 * When the node itself is allowed, so are the balancer's addresses: a node
 * that holds one sends from it.
 */
static int make_ranges(const struct maker *m, struct plan_port *p)
{
	const struct model_service *s = m->service;
	struct model_net node = single(m->env->node_ips[p->family]);
	struct model_net *list = arena_alloc(m->arena,
		(s->n_source_ranges + s->n_ingress) * sizeof(*list) + 1);
	bool is_node_allowed = false;
	size_t n = 0;

	node.ip.family = (uint8_t)p->family;
	if (!list)
		return -1;
	for (size_t i = 0; i < s->n_source_ranges; i++) {
		if (s->source_ranges[i].ip.family != p->family)
			continue;
		add_range(list, &n, s->source_ranges[i]);
		if (net_holds(&s->source_ranges[i], &node))
			is_node_allowed = true;
	}
	for (size_t i = 0; is_node_allowed && i < s->n_ingress; i++)
		if (s->ingress[i].ip.family == p->family)
			add_range(list, &n, single(s->ingress[i].ip));
	p->ranges = list;
	p->n_ranges = n;
	return 0;
}

/* Ports. */

static struct plan_port *make_port(const struct maker *m,
	const struct model_port *from, const struct model_ip *cluster_ip)
{
	struct plan_port *p = arena_alloc(m->arena, sizeof(*p));

	if (!p)
		return NULL;
	p->name = from->name;
	p->proto = from->proto;
	p->family = (enum model_family)cluster_ip->family;
	p->affinity_s = m->service->affinity_s;
	if (make_addresses(m, from, p, cluster_ip) < 0)
		return NULL;
	if (m->service->n_source_ranges && make_ranges(m, p) < 0)
		return NULL;
	return p;
}

/* The first address of that family; only it is the Service's. */
static const struct model_ip *cluster_ip_of(
	const struct maker *m, enum model_family family)
{
	const struct model_service *s = m->service;

	for (size_t i = 0; i < s->n_cluster_ips; i++)
		if (s->cluster_ips[i].family == family)
			return &s->cluster_ips[i];
	return NULL;
}

static int make_family(const struct maker *m, enum model_family family,
	struct plan_port ***end)
{
	const struct model_service *s = m->service;
	const struct model_ip *ip = cluster_ip_of(m, family);

	if (!ip || !m->env->has_family[family])
		return 0;
	for (size_t i = 0; i < s->n_ports; i++) {
		**end = make_port(m, &s->ports[i], ip);
		if (!**end)
			return -1;
		*end = &(**end)->next;
	}
	return 0;
}

static bool is_ours(const struct model_service *s)
{
	return s->type != MODEL_EXTERNAL_NAME && !s->is_headless &&
	       !s->is_foreign;
}

int plan_make(const struct model_entry *n, const struct env *env,
	struct arena *a, struct plan *out)
{
	struct model_service s;
	struct maker m = {.env = env, .service = &s, .arena = a, .plan = out};
	struct plan_port **end = &out->ports;
	int r = model_read_service(n, a, &s);

	*out = (struct plan){0};
	if (r <= 0 || !is_ours(&s))
		return r < 0 ? -1 : 0;
	if (model_read_slices(n, str_of(env->zone), a, &m.slices) < 0)
		return -1;
	out->cluster_ips = s.cluster_ips;
	out->n_cluster_ips = s.n_cluster_ips;
	out->health_port = s.external_local ? s.health_port : 0;
	for (int f = 0; f < MODEL_FAMILIES; f++)
		if (make_family(&m, (enum model_family)f, &end) < 0)
			return -1;
	return 0;
}
