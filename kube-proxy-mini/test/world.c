/*
 * world - keeps its own arrays of Services and slices, changes them at random
 * and puts them into the model.
 */
#include "kube-proxy-mini/test/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

struct model_ip world_address(
	uint8_t family, enum world_place place, uint8_t host)
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

struct model_net world_range(uint8_t family, uint8_t which)
{
	struct model_net net = {world_address(family, WORLD_NODE, 0),
		family == MODEL_V4 ? 25 : 121};

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
		env->pod_nets[env->n_pod_nets++] =
			(struct model_net){world_address(f, WORLD_POD, 0),
				f == MODEL_V4 ? 24 : 112};
		env->node_ips[f] = world_address(f, WORLD_NODE, 2);
		env->nodeport_ips[env->n_nodeport_ips++] =
			world_address(f, WORLD_NODE, 2);
	}
}

/* Into the model. */

static void service_name(size_t i, char out[16])
{
	snprintf(out, 16, "s%02zu", i);
}

static void put_service(const struct world *w, struct model *m, size_t i)
{
	const struct world_service *from = &w->services[i];
	struct model_ip ips[MODEL_FAMILIES], externals[2 * WORLD_POOL];
	struct model_ingress ingress[2 * WORLD_POOL];
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
			ips[s.n_cluster_ips++] = world_address(
				f, WORLD_CLUSTER, from->cluster_host);
		for (uint8_t k = 0; k < WORLD_POOL; k++) {
			if (from->externals & 1 << k)
				externals[s.n_external_ips++] =
					world_address(f, WORLD_EXTERNAL, k);
			if (from->balancers & 1 << k)
				ingress[s.n_ingress++] = (struct model_ingress){
					world_address(f, WORLD_BALANCER, k),
					from->is_proxy};
		}
		if (from->ranges)
			ranges[s.n_source_ranges++] =
				world_range(f, from->ranges);
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
			.ip = world_address(from->family, WORLD_POD, p->host),
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
		s->externals = (uint8_t)world_random(w, 1 << WORLD_POOL);
	if (chance(w, 40))
		s->balancers = (uint8_t)world_random(w, 1 << WORLD_POOL);
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
