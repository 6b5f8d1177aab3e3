/*
 * plan - goes over the ports of a Service in each family: makes the views of
 * a port, then decides for each address where it sends its clients.
 */
#include "kube-proxy-mini/plan/plan.h"

#include <string.h>

/* What every step needs. */
struct maker {
	const struct plan_input *in;
	const struct env *env;
	const struct model_service *service;
	const struct model_read_slice *slices;
	struct arena *arena;
	struct plan *plan;
};

/* Addresses. */

struct address_list {
	struct plan_address *list;
	size_t n;
};

static enum plan_target target(struct plan_port *p, bool is_local)
{
	struct plan_endpoints *v =
		&p->views[is_local ? PLAN_LOCAL : PLAN_CLUSTER];

	if (!p->has_endpoints)
		return PLAN_TO_REJECT;
	if (!v->n)
		return PLAN_TO_DROP;
	v->is_used = true;
	return is_local ? PLAN_TO_LOCAL : PLAN_TO_CLUSTER;
}

static void add_cluster_ip(const struct maker *m, struct plan_port *p,
	struct plan_address at, struct address_list *l)
{
	at.kind = PLAN_CLUSTER_IP;
	at.masquerade = m->env->masquerade_all ? RULESET_MASQ_ALWAYS
					       : RULESET_MASQ_OUTSIDE;
	at.inside = target(p, m->service->internal_local);
	if (at.inside == PLAN_TO_DROP)
		m->plan->families[p->family].lacks_local_internal = true;
	l->list[l->n++] = at;
}

/* An address that clients outside may use. */
static void add_external(const struct maker *m, struct plan_port *p,
	struct plan_address at, struct address_list *l)
{
	bool is_local = m->service->external_local;

	if (at.ip.family != p->family)
		return;
	at.masquerade = is_local ? RULESET_MASQ_LOCAL : RULESET_MASQ_ALWAYS;
	at.inside = target(p, false);
	if (is_local && p->has_endpoints)
		at.outside = target(p, true);
	if (at.outside == PLAN_TO_DROP)
		m->plan->families[p->family].lacks_local_external = true;
	l->list[l->n++] = at;
}

static size_t count_addresses(const struct maker *m)
{
	const struct model_service *s = m->service;

	return s->n_cluster_ips + s->n_ingress + s->n_external_ips +
	       m->env->n_nodeport_ips;
}

static void add_balancer_ips(const struct maker *m,
	const struct model_port *from, struct plan_port *p,
	struct address_list *l)
{
	const struct model_service *s = m->service;

	for (size_t i = 0; i < s->n_ingress; i++)
		if (!s->ingress[i].is_proxy)
			add_external(m, p,
				(struct plan_address){.ip = s->ingress[i].ip,
					.port = from->port,
					.kind = PLAN_BALANCER_IP},
				l);
}

static int make_addresses(const struct maker *m, const struct model_port *from,
	struct plan_port *p, const struct model_ip *cluster_ip)
{
	const struct model_service *s = m->service;
	struct address_list l = {
		arena_alloc(m->arena, count_addresses(m) * sizeof(*l.list) + 1),
		0};

	if (!l.list)
		return -1;
	add_cluster_ip(m, p,
		(struct plan_address){.ip = *cluster_ip, .port = from->port},
		&l);
	add_balancer_ips(m, from, p, &l);
	for (size_t i = 0; i < s->n_external_ips; i++)
		add_external(m, p,
			(struct plan_address){.ip = s->external_ips[i],
				.port = from->port,
				.kind = PLAN_EXTERNAL_IP},
			&l);
	for (size_t i = 0; from->node_port && i < m->env->n_nodeport_ips; i++)
		add_external(m, p,
			(struct plan_address){.ip = m->env->nodeport_ips[i],
				.port = from->node_port,
				.kind = PLAN_NODE_PORT},
			&l);
	p->addresses = l.list;
	p->n_addresses = l.n;
	return 0;
}

/* Ports. */

/* One port after the other uses the same memory. */
static int gather_views(
	const struct maker *m, const struct views_port *port, struct views *out)
{
	struct crowd_port gathered = {
		.what = *port, .members = *m->in->scratch};
	int r;

	members_reset(&gathered.members);
	r = crowd_list_all(&gathered, m->slices, m->arena, out);
	*m->in->scratch = gathered.members;
	return r;
}

static int make_views(const struct maker *m, struct plan_port *p)
{
	struct views_port port = {p->name, p->proto, p->family};
	struct views v;

	p->crowd = m->in->crowd ? crowd_find(m->in->crowd, &port) : NULL;
	if (m->in->crowd && !p->crowd)
		return -1; /* a new port: all slices are needed */
	if (p->crowd)
		crowd_views(p->crowd, &v);
	else if (gather_views(m, &port, &v) < 0)
		return -1;
	memcpy(p->views, v.list, sizeof(p->views));
	p->has_endpoints = v.has_any;
	m->plan->endpoints_over += v.n_over;
	return 0;
}

/* All ports of a family share them. */
static int make_ranges(const struct maker *m, enum model_family family,
	struct plan_ranges *out)
{
	struct model_ip node = m->env->node_ips[family];

	*out = (struct plan_ranges){NULL, 0};
	if (!m->service->n_source_ranges)
		return 0;
	node.family = (uint8_t)family; /* all zero when it is unknown */
	return ranges_make(m->service, &node, m->arena, out);
}

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
	if (make_views(m, p) < 0 || make_addresses(m, from, p, cluster_ip) < 0)
		return NULL;
	return p;
}

/* The first cluster address of that family; the API allows one of each. */
static const struct model_ip *cluster_ip_of(
	const struct maker *m, enum model_family family)
{
	const struct model_service *s = m->service;

	for (size_t i = 0; i < s->n_cluster_ips; i++)
		if (s->cluster_ips[i].family == family)
			return &s->cluster_ips[i];
	return NULL;
}

/* A health check counts the endpoints of its own family, as kube-proxy's. */
static int count_local(const struct maker *m, enum model_family family)
{
	int64_t n;

	if (!m->plan->health_port)
		return 0;
	n = views_count_local(m->slices, family, m->arena);
	if (n < 0)
		return -1;
	m->plan->families[family].local_endpoints = (uint32_t)n;
	return 0;
}

static int make_family(const struct maker *m, enum model_family family,
	struct plan_port ***end)
{
	const struct model_service *s = m->service;
	const struct model_ip *ip = cluster_ip_of(m, family);
	struct plan_ranges ranges;

	if (!ip || !m->env->has_family[family])
		return 0;
	m->plan->families[family].is_served = true;
	if (make_ranges(m, family, &ranges) < 0 || count_local(m, family) < 0)
		return -1;
	for (size_t i = 0; i < s->n_ports; i++) {
		**end = make_port(m, &s->ports[i], ip);
		if (!**end)
			return -1;
		(**end)->ranges = ranges;
		*end = &(**end)->next;
	}
	return 0;
}

static bool is_ours(const struct model_service *s)
{
	return s->type != MODEL_EXTERNAL_NAME && !s->is_headless &&
	       !s->is_foreign;
}

int plan_make(const struct plan_input *in, struct arena *a, struct plan *out)
{
	struct model_service s;
	struct maker m = {.in = in,
		.env = in->env,
		.service = &s,
		.arena = a,
		.plan = out};
	/* a crowd does not count what is on this node, whatever its port */
	enum model_which which =
		in->crowd ? MODEL_SLICES_ON_NODE : MODEL_ALL_SLICES;
	struct plan_port **end = &out->ports;
	int r = model_read_service(in->entry, a, &s);

	*out = (struct plan){0};
	if (r <= 0 || !is_ours(&s))
		return r < 0 ? -1 : 0;
	if (model_read_some(
		    in->entry, which, str_of(in->env->zone), a, &m.slices) < 0)
		return -1;
	out->slices = m.slices;
	out->health_port = s.external_local ? s.health_port : 0;
	for (int f = 0; f < MODEL_FAMILIES; f++)
		if (make_family(&m, (enum model_family)f, &end) < 0)
			return -1;
	return 0;
}
