/*
 * world - the generator and the oracle.
 */
#include "kube-proxy-mini/test/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_BYTES 65536 /* of one line */
#define POOL       3     /* external addresses that Services quarrel about */

static const char *const port_names[WORLD_PORTS] = {"http", "dns", ""};
static const uint8_t protos[] = {MODEL_TCP, MODEL_UDP, MODEL_SCTP};

uint32_t world_random(struct world *w, uint32_t below)
{
	w->seed ^= w->seed << 13;
	w->seed ^= w->seed >> 7;
	w->seed ^= w->seed << 17;
	return (uint32_t)(w->seed >> 11) % below;
}

static bool chance(struct world *w, uint32_t percent)
{
	return world_random(w, 100) < percent;
}

/* Addresses. */

enum place { CLUSTER, POD, EXTERNAL, BALANCER, NODE };

static struct model_ip address(uint8_t family, enum place place, uint8_t host)
{
	static const uint8_t v4[][3] = {{10, 96, 0}, {10, 128, 1},
		{203, 0, 113}, {198, 51, 100}, {192, 0, 2}};
	struct model_ip ip = {.family = family};

	if (family == MODEL_V4) {
		memcpy(ip.b, v4[place], 3);
		ip.b[3] = host;
	} else {
		ip.b[0] = 0xfd;
		ip.b[3] = (uint8_t)(place + 1);
		ip.b[15] = host;
	}
	return ip;
}

static struct model_net range(uint8_t family, uint8_t which)
{
	struct model_net net = {
		address(family, NODE, 0), family == MODEL_V4 ? 25 : 121};

	if (which & 2) /* the other half: the node is not in it */
		net.ip.b[family == MODEL_V4 ? 3 : 15] = 128;
	return net;
}

void world_make(struct world *w, uint64_t seed)
{
	struct env *env = &w->env;

	memset(w, 0, sizeof(*w));
	w->seed = seed;
	*env = env_default();
	strcpy(env->node_name, "us");
	strcpy(env->zone, "za");
	env->detect = ENV_DETECT_NETS;
	for (uint8_t f = 0; f < MODEL_FAMILIES; f++) {
		env->pod_nets[env->n_pod_nets++] = (struct model_net){
			address(f, POD, 0), f == MODEL_V4 ? 24 : 112};
		env->node_ips[f] = address(f, NODE, 2);
		env->nodeport_ips[env->n_nodeport_ips++] = address(f, NODE, 2);
	}
}

/* Telling the model. */

static void service_name(size_t i, char out[16])
{
	snprintf(out, 16, "s%02zu", i);
}

static void put_service(const struct world *w, struct model *m, size_t i)
{
	const struct world_service *from = &w->services[i];
	struct model_ip ips[MODEL_FAMILIES], externals[2 * POOL];
	struct model_ingress ingress[2 * POOL];
	struct model_port ports[WORLD_PORTS];
	struct model_net ranges[MODEL_FAMILIES];
	struct model_service s = {.ns = STR("ns"),
		.cluster_ips = ips,
		.external_ips = externals,
		.ingress = ingress,
		.ports = ports,
		.source_ranges = ranges};
	char name[16];

	service_name(i, name);
	s.name = str_of(name);
	s.type = from->is_name ? MODEL_EXTERNAL_NAME : MODEL_LOAD_BALANCER;
	s.is_headless = from->is_headless;
	s.is_foreign = from->is_foreign;
	s.internal_local = from->internal_local;
	s.external_local = from->external_local;
	s.affinity_s = from->affinity_s;
	for (uint8_t f = 0; f < MODEL_FAMILIES; f++) {
		if (from->has_family[f])
			ips[s.n_cluster_ips++] =
				address(f, CLUSTER, from->cluster_host);
		for (uint8_t k = 0; k < POOL; k++) {
			if (from->externals & 1 << k)
				externals[s.n_external_ips++] =
					address(f, EXTERNAL, k);
			if (from->balancers & 1 << k)
				ingress[s.n_ingress++] = (struct model_ingress){
					address(f, BALANCER, k),
					from->is_proxy};
		}
		if (from->ranges)
			ranges[s.n_source_ranges++] = range(f, from->ranges);
	}
	for (size_t k = 0; k < from->n_ports; k++)
		ports[k] = (struct model_port){str_of(port_names[k]),
			from->ports[k].proto, from->ports[k].port,
			from->ports[k].node_port};
	s.n_ports = from->n_ports;
	if (model_put_service(m, &s, NULL) < 0)
		abort();
}

static size_t hint_list(
	uint8_t bits, const char *first, const char *second, struct str out[2])
{
	size_t n = 0;

	if (bits & 1)
		out[n++] = str_of(first);
	if (bits & 2)
		out[n++] = str_of(second);
	return n;
}

static void put_slice(const struct world *w, struct model *m, size_t i)
{
	static struct str hints[WORLD_ENDPOINTS][2][2];
	const struct world_slice *from = &w->slices[i];
	struct model_endpoint eps[WORLD_ENDPOINTS];
	struct model_slice_port ports[WORLD_PORTS];
	struct model_slice s = {.ns = STR("ns"),
		.ports = ports,
		.endpoints = eps,
		.n_endpoints = from->n,
		.family = (enum model_family)from->family};
	char name[16], service[16];

	snprintf(name, sizeof(name), "slice%02zu", i);
	service_name(from->service, service);
	s.name = str_of(name);
	s.service = str_of(service);
	for (size_t k = 0; k < WORLD_PORTS; k++)
		if (from->has_port[k])
			ports[s.n_ports++] =
				(struct model_slice_port){str_of(port_names[k]),
					protos[k], from->target[k]};
	for (size_t k = 0; k < from->n; k++) {
		const struct world_endpoint *p = &from->list[k];

		eps[k] = (struct model_endpoint){
			.ip = address(from->family, POD, p->host),
			.conditions = p->conditions,
			.node = str_of(p->node == 1   ? "us"
				       : p->node == 2 ? "them"
						      : ""),
			.hint_zones = hints[k][0],
			.hint_nodes = hints[k][1],
			.n_hint_zones =
				hint_list(p->zones, "za", "zb", hints[k][0]),
			.n_hint_nodes =
				hint_list(p->nodes, "us", "them", hints[k][1])};
	}
	if (model_put_slice(m, &s, NULL) < 0)
		abort();
}

void world_list(struct world *w, struct model *m)
{
	model_set_node(m, str_of(w->env.node_name));
	model_list_begin(m, MODEL_SERVICES);
	for (size_t i = 0; i < WORLD_SERVICES; i++)
		if (w->services[i].exists)
			put_service(w, m, i);
	model_list_end(m, MODEL_SERVICES);
	model_list_begin(m, MODEL_SLICES);
	for (size_t i = 0; i < WORLD_SLICES; i++)
		if (w->slices[i].exists)
			put_slice(w, m, i);
	model_list_end(m, MODEL_SLICES);
}

/* Events. */

static void make_service(struct world *w, size_t i)
{
	struct world_service *s = &w->services[i];

	*s = (struct world_service){.exists = true,
		.cluster_host = (uint8_t)(10 + i % 20),
		.n_ports = 1 + world_random(w, WORLD_PORTS),
		.is_headless = chance(w, 4),
		.is_foreign = chance(w, 4),
		.is_name = chance(w, 3),
		.internal_local = chance(w, 20),
		.external_local = chance(w, 40),
		.is_proxy = chance(w, 10),
		.affinity_s = chance(w, 25) ? 10 + world_random(w, 3) : 0};
	for (int f = 0; f < MODEL_FAMILIES; f++)
		s->has_family[f] = chance(w, 80);
	if (chance(w, 40))
		s->externals = (uint8_t)world_random(w, 1 << POOL);
	if (chance(w, 40))
		s->balancers = (uint8_t)world_random(w, 1 << POOL);
	if (chance(w, 30))
		s->ranges = (uint8_t)(1 + world_random(w, 3));
	for (size_t k = 0; k < s->n_ports; k++)
		s->ports[k] = (struct world_port){protos[k],
			(uint16_t)(80 + world_random(w, 3)),
			(uint16_t)(chance(w, 40) ? 30000 + 10 * i + k : 0)};
}

static void make_slice(struct world *w, size_t i)
{
	struct world_slice *s = &w->slices[i];

	*s = (struct world_slice){.exists = true,
		.service = (uint8_t)(i % WORLD_SERVICES),
		.family = (uint8_t)world_random(w, 2),
		.n = world_random(w, chance(w, 10) ? WORLD_ENDPOINTS : 6)};
	if (chance(w, 5))
		s->service = (uint8_t)world_random(w, WORLD_SERVICES);
	for (size_t k = 0; k < WORLD_PORTS; k++) {
		s->has_port[k] = chance(w, 85);
		s->target[k] = (uint16_t)(8080 + world_random(w, 2));
	}
	for (size_t k = 0; k < s->n; k++)
		s->list[k] = (struct world_endpoint){
			.host = (uint8_t)(1 + world_random(w, 30)),
			.conditions =
				chance(w, 75) ? 3 : (uint8_t)world_random(w, 8),
			.node = (uint8_t)world_random(w, 3),
			.zones =
				chance(w, 70) ? 1 : (uint8_t)world_random(w, 4),
			.nodes = chance(w, 70) ? 0
					       : (uint8_t)world_random(w, 4)};
}

/* A small change: one endpoint's state, or one more or less. */
static void shake_slice(struct world *w, size_t i)
{
	struct world_slice *s = &w->slices[i];
	size_t k = s->n ? world_random(w, (uint32_t)s->n) : 0;

	if (s->n && chance(w, 40))
		s->list[k].conditions = (uint8_t)world_random(w, 8);
	else if (s->n && chance(w, 40))
		s->list[k] = s->list[--s->n];
	else if (s->n < WORLD_ENDPOINTS)
		s->list[s->n++] = (struct world_endpoint){
			(uint8_t)(1 + world_random(w, 30)), 3, 1, 1, 0};
}

static void change_env(struct world *w)
{
	if (chance(w, 50))
		strcpy(w->env.zone, chance(w, 50) ? "za" : "zb");
	else
		w->env.masquerade_all = chance(w, 30);
}

void world_step(struct world *w, struct model *m)
{
	uint32_t what = world_random(w, 100);
	size_t i = world_random(w, WORLD_SLICES);
	size_t k = world_random(w, WORLD_SERVICES);
	char name[16];

	if (what < 25) {
		make_service(w, k);
		put_service(w, m, k);
	} else if (what < 30 && w->services[k].exists) {
		w->services[k].exists = false;
		service_name(k, name);
		model_delete_service(m, STR("ns"), str_of(name));
	} else if (what < 55) {
		make_slice(w, i);
		put_slice(w, m, i);
	} else if (what < 90 && w->slices[i].exists) {
		shake_slice(w, i);
		put_slice(w, m, i);
	} else if (what < 95 && w->slices[i].exists) {
		w->slices[i].exists = false;
		snprintf(name, sizeof(name), "slice%02zu", i);
		model_delete_slice(m, STR("ns"), str_of(name));
	} else if (what < 97) {
		change_env(w);
	} else {
		world_list(w, m);
	}
}

/* The oracle. */

struct spot {
	uint8_t host;
	uint16_t port;
	const struct world_endpoint *p;
};

struct spots {
	struct spot list[WORLD_SLICES * WORLD_ENDPOINTS];
	size_t n;
};

static bool is_ready(const struct spot *s)
{
	return s->p->conditions & MODEL_EP_READY;
}

static bool is_leaving(const struct spot *s)
{
	return (s->p->conditions & MODEL_EP_SERVING) &&
	       (s->p->conditions & MODEL_EP_TERMINATING);
}

static bool is_local(const struct spot *s)
{
	return s->p->node == 1;
}

/* All endpoints of a port, each place once. */
static void find_spots(const struct world *w, size_t service, uint8_t family,
	size_t port, struct spots *out)
{
	out->n = 0;
	for (size_t i = 0; i < WORLD_SLICES; i++) {
		const struct world_slice *s = &w->slices[i];

		if (!s->exists || s->service != service ||
			s->family != family || !s->has_port[port])
			continue;
		for (size_t k = 0; k < s->n; k++) {
			struct spot one = {
				s->list[k].host, s->target[port], &s->list[k]};
			size_t j = 0;

			while (j < out->n &&
				(out->list[j].host != one.host ||
					out->list[j].port != one.port))
				j++;
			if (j == out->n)
				out->list[out->n++] = one;
			else if (is_local(&one))
				out->list[j] = one;
		}
	}
}

enum choice { READY, LEAVING, OUR_NODE, OUR_ZONE };

/* What clients of the cluster view reach. */
static enum choice choose(const struct world *w, const struct spots *s)
{
	bool any = false, node = false, zone = false;
	bool all_nodes = true, all_zones = true;
	uint8_t zone_bit = strcmp(w->env.zone, "za") == 0 ? 1 : 2;

	for (size_t i = 0; i < s->n; i++) {
		const struct world_endpoint *p = s->list[i].p;

		if (!is_ready(&s->list[i]))
			continue;
		any = true;
		node |= (p->nodes & 1) != 0;
		zone |= (p->zones & zone_bit) != 0;
		all_nodes &= p->nodes != 0;
		all_zones &= p->zones != 0;
	}
	if (!any)
		return LEAVING;
	if (all_nodes && node)
		return OUR_NODE;
	return all_zones && zone ? OUR_ZONE : READY;
}

static bool is_chosen(
	const struct world *w, const struct spot *s, enum choice c)
{
	uint8_t zone_bit = strcmp(w->env.zone, "za") == 0 ? 1 : 2;

	switch (c) {
	case READY:
		return is_ready(s);
	case LEAVING:
		return is_leaving(s);
	case OUR_NODE:
		return is_ready(s) && (s->p->nodes & 1);
	case OUR_ZONE:
		return is_ready(s) && (s->p->zones & zone_bit);
	}
	return false;
}

struct view {
	struct spot list[WORLD_SLICES * WORLD_ENDPOINTS];
	size_t n;
};

static void take_view(const struct world *w, const struct spots *s, bool local,
	struct view *out)
{
	enum choice c = choose(w, s);
	bool local_ready = false;

	for (size_t i = 0; i < s->n; i++)
		local_ready |= is_local(&s->list[i]) && is_ready(&s->list[i]);
	if (local)
		c = local_ready ? READY : LEAVING;
	out->n = 0;
	for (size_t i = 0; i < s->n; i++)
		if (is_chosen(w, &s->list[i], c) &&
			(!local || is_local(&s->list[i])))
			out->list[out->n++] = s->list[i];
}

static int compare_spots(const void *x, const void *y)
{
	const struct spot *a = x, *b = y;

	return a->host != b->host ? a->host - b->host : a->port - b->port;
}

static void print_ip(struct model_ip ip, struct buf *b)
{
	for (size_t i = 0; i < MODEL_ADDR_BYTES(ip.family); i++)
		buf_fmt(b, "%02x", ip.b[i]);
}

/* One side of an address: the endpoints, or what happens without. */
static void print_target(const struct world *w, const struct spots *s,
	uint8_t family, uint32_t affinity_s, bool local, struct buf *hairpins,
	struct buf *b)
{
	static struct view v;
	bool has_any = false;

	for (size_t i = 0; i < s->n; i++)
		has_any |= is_ready(&s->list[i]) || is_leaving(&s->list[i]);
	take_view(w, s, local, &v);
	if (!has_any || !v.n) {
		buf_text(b, has_any ? "drop" : "reject");
		return;
	}
	buf_fmt(b, "sticky %u ", affinity_s);
	qsort(v.list, v.n, sizeof(v.list[0]), compare_spots);
	for (size_t i = 0; i < v.n; i++) {
		print_ip(address(family, POD, v.list[i].host), b);
		buf_fmt(b, "/%u,", v.list[i].port);
		if (!is_local(&v.list[i]))
			continue;
		buf_text(hairpins, "hairpin ");
		print_ip(address(family, POD, v.list[i].host), hairpins);
		buf_byte(hairpins, '\n');
	}
}

/* Does this Service name that address and port with that protocol? */
static bool names(const struct world *w, size_t i, uint8_t family,
	enum place place, uint8_t host, uint8_t proto, uint16_t port)
{
	const struct world_service *s = &w->services[i];

	if (!s->exists || s->is_headless || s->is_foreign || s->is_name ||
		!s->has_family[family])
		return false;
	for (size_t k = 0; k < s->n_ports; k++) {
		if (s->ports[k].proto != proto)
			continue;
		if (place == NODE && s->ports[k].node_port == port && port)
			return true;
		if (s->ports[k].port != port)
			continue;
		if (place == CLUSTER && s->cluster_host == host)
			return true;
		if (place == EXTERNAL && s->externals & 1 << host)
			return true;
		if (place == BALANCER && !s->is_proxy &&
			s->balancers & 1 << host)
			return true;
	}
	return false;
}

struct at {
	const struct world *w;
	size_t service, port_index;
	uint8_t family;
	enum place place;
	uint8_t host;
	uint16_t port;
};

/* In the order of their addresses, as a dump sorted by key has them. */
static void print_ranges(const struct at *at, struct buf *b)
{
	const struct world_service *s = &at->w->services[at->service];
	struct model_net net = range(at->family, s->ranges);
	bool is_first = at->family == MODEL_V4; /* 192.0.2 < 198.51.100 */

	if (at->place != BALANCER || !s->ranges)
		return;
	buf_text(b, " from ");
	for (uint8_t k = 0; k < POOL + 2; k++) {
		uint8_t host = (uint8_t)(k - 1);

		if (k == (is_first ? 0 : POOL + 1)) {
			print_ip(net.ip, b);
			buf_fmt(b, "/%d,", net.bits);
		} else if (k >= 1 && k <= POOL && !(s->ranges & 2) &&
			   s->balancers & 1 << host) {
			/* the node is allowed, so its addresses are too */
			print_ip(address(at->family, BALANCER, host), b);
			buf_fmt(b, "/%d,", at->family == MODEL_V4 ? 32 : 128);
		}
	}
}

static void print_address(
	const struct at *at, struct buf *hairpins, struct buf *b)
{
	static struct spots spots;
	const struct world_service *s = &at->w->services[at->service];
	uint8_t proto = s->ports[at->port_index].proto;
	static char scrap_room[TEXT_BYTES], text[TEXT_BYTES];
	struct buf scrap = buf_fixed(scrap_room, sizeof(scrap_room));
	struct buf one = buf_fixed(text, sizeof(text));
	bool local_in = at->place == CLUSTER && s->internal_local;
	bool local_out = at->place != CLUSTER && s->external_local;
	bool lost = false;
	struct buf *to;

	for (size_t i = 0; i < at->service; i++)
		lost |= names(at->w, i, at->family, at->place, at->host, proto,
			at->port);
	to = lost ? &scrap : b;
	find_spots(at->w, at->service, at->family, at->port_index, &spots);
	print_ip(address(at->family, at->place, at->host), to);
	buf_fmt(to, " %u %u masquerade %d inside ", proto, at->port,
		at->place == CLUSTER ? (at->w->env.masquerade_all ? 1 : 2)
				     : (s->external_local ? 3 : 1));
	print_target(at->w, &spots, at->family, s->affinity_s, local_in,
		hairpins, to);
	if (local_out && spots.n) {
		print_target(at->w, &spots, at->family, s->affinity_s, true,
			hairpins, &one);
		if (!str_is(buf_view(&one), "reject")) {
			buf_text(to, " outside ");
			buf_str(to, buf_view(&one));
		}
	}
	print_ranges(at, to);
	buf_byte(to, '\n');
}

static void print_port(struct at at, struct buf *hairpins, struct buf *b)
{
	const struct world_service *s = &at.w->services[at.service];
	const struct world_port *p = &s->ports[at.port_index];

	at.place = CLUSTER;
	at.host = s->cluster_host;
	at.port = p->port;
	print_address(&at, hairpins, b);
	for (uint8_t k = 0; k < POOL; k++) {
		at.host = k;
		at.place = EXTERNAL;
		if (s->externals & 1 << k)
			print_address(&at, hairpins, b);
		at.place = BALANCER;
		if (s->balancers & 1 << k && !s->is_proxy)
			print_address(&at, hairpins, b);
	}
	at.place = NODE;
	at.host = 2;
	at.port = p->node_port;
	if (p->node_port)
		print_address(&at, hairpins, b);
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void world_sort(struct buf *b)
{
	size_t n = 0, max = 1;
	char **lines, *copy = strdup(buf_cstr(b)), *line, *rest = copy;

	for (size_t i = 0; i < b->n; i++)
		max += b->p[i] == '\n';
	lines = calloc(max, sizeof(*lines));
	if (!copy || !lines)
		abort();
	while ((line = strsep(&rest, "\n")))
		if (*line && n < max)
			lines[n++] = line;
	qsort(lines, n, sizeof(*lines), compare_lines);
	buf_reset(b);
	for (size_t i = 0; i < n; i++)
		if (!i || strcmp(lines[i], lines[i - 1]) != 0)
			buf_fmt(b, "%s\n", lines[i]);
	free(lines);
	free(copy);
}

void world_text(const struct world *w, struct buf *out)
{
	struct buf hairpins = buf_growing(1 << 20);

	for (size_t i = 0; i < WORLD_SERVICES; i++) {
		const struct world_service *s = &w->services[i];

		if (!s->exists || s->is_headless || s->is_foreign || s->is_name)
			continue;
		for (uint8_t f = 0; f < MODEL_FAMILIES; f++) {
			if (!s->has_family[f])
				continue;
			buf_text(out, "cluster-ip ");
			print_ip(address(f, CLUSTER, s->cluster_host), out);
			buf_byte(out, '\n');
			for (size_t k = 0; k < s->n_ports; k++)
				print_port((struct at){.w = w,
						   .service = i,
						   .port_index = k,
						   .family = f},
					&hairpins, out);
		}
	}
	buf_str(out, buf_view(&hairpins));
	buf_free(&hairpins);
	world_sort(out);
}
