/*
 * packed - the layout of a packed object: a fixed head, then its lists in the
 * order of the head's counts.  Only pack.c and unpack.c know it; it is never
 * written to a file.
 *
 *   Service  service_head, cluster addresses, external addresses, ingress,
 *            source ranges, ports
 *   slice    slice_head, ports, endpoints, zone lists (zone_lists.h)
 *
 *   port      port_head, its name
 *   endpoint  4 or 16 bytes of address, flags, two bytes with the number of
 *             its zone list
 *
 * Blocks are compared as bytes, so nothing in them may be padding.
 */
#ifndef KEELSON_PROXY_PACKED_H
#define KEELSON_PROXY_PACKED_H

#include "kube-proxy-mini/model/object.h"

#include <assert.h>

struct packed_service_head {
	uint32_t affinity_s;
	uint16_t health_port;
	uint16_t n_cluster_ips, n_external_ips, n_ingress, n_source_ranges;
	uint16_t n_ports;
	uint8_t type, is_headless, is_foreign, internal_local, external_local;
	uint8_t spare[3];
};

struct packed_port_head {
	uint16_t port, node_port; /* node_port: of a Service's port, else 0 */
	uint8_t proto, name_len;
};

struct packed_slice_head {
	uint16_t n_ports, n_endpoints, n_zone_lists;
	uint8_t family, spare;
};

#define PACKED_ENDPOINT_BYTES(family) (MODEL_ADDR_BYTES(family) + 3)

static_assert(sizeof(struct packed_service_head) == 24, "no padding");
static_assert(sizeof(struct packed_port_head) == 6, "no padding");
static_assert(sizeof(struct packed_slice_head) == 8, "no padding");
static_assert(sizeof(struct model_ip) == 17, "no padding");
static_assert(sizeof(struct model_net) == 18, "no padding");
static_assert(sizeof(struct model_ingress) == 18, "no padding");

#endif
