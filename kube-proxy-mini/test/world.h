/*
 * world - random Services and slices.
 *
 * Every event changes them here and in the model.  What they must do in the
 * kernel is in oracle.h.
 */
#ifndef KEELSON_PROXY_TEST_WORLD_H
#define KEELSON_PROXY_TEST_WORLD_H

#include "kube-proxy-mini/model/env.h"
#include "kube-proxy-mini/model/model.h"

#define WORLD_SERVICES  24
#define WORLD_SLICES    40
#define WORLD_PORTS     3
#define WORLD_ENDPOINTS 24
#define WORLD_POOL      3 /* external addresses that Services compete for */

/* What an address is for; each kind has a range of its own. */
enum world_place {
	WORLD_CLUSTER,
	WORLD_POD,
	WORLD_EXTERNAL,
	WORLD_BALANCER,
	WORLD_NODE,
};

struct world_endpoint {
	uint8_t host; /* last byte of the address */
	uint8_t conditions;
	uint8_t node;  /* 0 unknown, 1 ours, 2 another */
	uint8_t zones; /* hints: bit 0 za, bit 1 zb */
	uint8_t nodes; /* hints: bit 0 ours, bit 1 another */
};

struct world_slice {
	bool exists;
	uint8_t service, family;
	bool has_port[WORLD_PORTS];
	uint16_t target[WORLD_PORTS];
	size_t n;
	struct world_endpoint list[WORLD_ENDPOINTS];
};

struct world_port {
	uint8_t proto;
	uint16_t port, node_port;
};

struct world_service {
	bool exists, is_headless, is_foreign, internal_local, external_local;
	bool is_name; /* ExternalName */
	bool has_family[MODEL_FAMILIES];
	uint8_t cluster_host;
	size_t n_ports;
	struct world_port ports[WORLD_PORTS];
	uint32_t affinity_s;
	uint8_t externals, balancers; /* bits of addresses from small pools */
	bool is_proxy;                /* ipMode of its balancers */
	uint8_t ranges;               /* 0: none, otherwise which */
};

struct world {
	uint64_t seed; /* xorshift state, not 0 */
	struct world_service services[WORLD_SERVICES];
	struct world_slice slices[WORLD_SLICES];
	struct env env;
};

void world_make(struct world *w, uint64_t seed);

/* One random event, put into the model as well. */
void world_step(struct world *w, struct model *m);

/* List everything again, as after a restart or 410 Gone. */
void world_list(struct world *w, struct model *m);

uint32_t world_random(struct world *w, uint32_t below);

struct model_ip world_address(
	uint8_t family, enum world_place place, uint8_t host);

/* Half of the nodes' range; the node itself is in it unless which has bit 1. */
struct model_net world_range(uint8_t family, uint8_t which);

#endif
