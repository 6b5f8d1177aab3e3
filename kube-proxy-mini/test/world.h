/*
 * world - random Services and slices, and in plain code what they must do.
 *
 * The oracle knows nothing of groups, slots or classes: it says for each
 * address which endpoints clients reach from inside and outside, as lines of
 * text.  readback.h says the same of what is in the kernel.
 */
#ifndef KEELSON_PROXY_TEST_WORLD_H
#define KEELSON_PROXY_TEST_WORLD_H

#include "kube-proxy-mini/apply.h"

#define WORLD_SERVICES  24
#define WORLD_SLICES    40
#define WORLD_PORTS     3
#define WORLD_ENDPOINTS 24

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
	uint8_t ranges;               /* 0 none, else which */
};

struct world {
	uint64_t seed; /* xorshift state, not 0 */
	struct world_service services[WORLD_SERVICES];
	struct world_slice slices[WORLD_SLICES];
	struct env env;
};

void world_make(struct world *w, uint64_t seed);

/* One random event, told to the model too. */
void world_step(struct world *w, struct model *m);

/* Everything again, as after a restart or 410 Gone. */
void world_list(struct world *w, struct model *m);

/* What must be, a line for each address, sorted. */
void world_text(const struct world *w, struct buf *out);

uint32_t world_random(struct world *w, uint32_t below);

/* Sort the lines of b and leave out equal ones. */
void world_sort(struct buf *b);

#endif
