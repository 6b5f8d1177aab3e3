/*
 * object - a Service and an EndpointSlice of the Kubernetes API, reduced to
 * what routing on this node needs, and the addresses in them.
 *
 * Plain data.  Texts and lists are views; the memory belongs to the code that
 * filled the struct: the decoder's arena, or the model.
 */
#ifndef KEELSON_PROXY_OBJECT_H
#define KEELSON_PROXY_OBJECT_H

#include "lib/base/str.h"

enum model_family { MODEL_V4, MODEL_V6, MODEL_FAMILIES };

/* Bytes of an address of that family: 4 or 16. */
#define MODEL_ADDR_BYTES(family) ((size_t)((family) == MODEL_V4 ? 4 : 16))

struct model_ip {
	uint8_t family; /* enum model_family */
	uint8_t b[16];  /* network order; IPv4 uses the first 4, rest zero */
};

struct model_net {
	struct model_ip ip;
	uint8_t bits; /* prefix length */
};

/* The IP protocols that a Service may use, by their IANA numbers. */
enum model_proto { MODEL_TCP = 6, MODEL_UDP = 17, MODEL_SCTP = 132 };

enum model_type {
	MODEL_CLUSTER_IP,
	MODEL_NODE_PORT,
	MODEL_LOAD_BALANCER,
	MODEL_EXTERNAL_NAME,
	MODEL_OTHER_TYPE, /* newer than this program; served as ClusterIP */
};

/* spec.ports[] */
struct model_port {
	struct str name; /* may be empty when the Service has one port only */
	uint8_t proto;   /* enum model_proto */
	uint16_t port;
	uint16_t node_port; /* 0: none allocated */
};

/* status.loadBalancer.ingress[]; entries with only a hostname are left out */
struct model_ingress {
	struct model_ip ip;
	bool is_proxy; /* ipMode: Proxy; the balancer itself delivers */
};

#define MODEL_PORTS_MAX     20000 /* of a Service or a slice, as the API */
#define MODEL_ADDRS_MAX     1024  /* of each address list of a Service */
#define MODEL_RANGES_MAX    4096  /* loadBalancerSourceRanges */
#define MODEL_ENDPOINTS_MAX 1024  /* of a slice; the API allows 1000 */
#define MODEL_HINTS_MAX     16    /* zones or nodes of one endpoint */
#define MODEL_NAME_MAX      253   /* bytes of any name */

/* A v1 Service.  Lists of addresses may mix the families. */
struct model_service {
	struct str ns, name;
	enum model_type type;
	bool is_headless; /* clusterIP: None */
	bool is_foreign;  /* label service.kubernetes.io/service-proxy-name */
	bool internal_local; /* internalTrafficPolicy: Local */
	bool external_local; /* externalTrafficPolicy: Local */
	uint32_t affinity_s; /* sessionAffinity ClientIP: its timeout, else 0 */
	uint16_t health_port; /* spec.healthCheckNodePort, 0: none */
	const struct model_ip *cluster_ips;
	size_t n_cluster_ips;
	const struct model_ip *external_ips;
	size_t n_external_ips;
	const struct model_ingress *ingress;
	size_t n_ingress;
	const struct model_net *source_ranges; /* loadBalancerSourceRanges */
	size_t n_source_ranges;
	const struct model_port *ports;
	size_t n_ports;
};

/*
 * Flags of an endpoint.  The first three are its conditions; the decoder
 * resolves absent ones as kube-proxy does: ready and serving default to true,
 * terminating to false.  The model derives the
 * others from the endpoint's node and hints.
 */
enum {
	MODEL_EP_READY = 1,
	MODEL_EP_SERVING = 2,
	MODEL_EP_TERMINATING = 4,
	MODEL_EP_LOCAL = 8,       /* it is on this node */
	MODEL_EP_NODE_HINTS = 16, /* it has hints for nodes ... */
	MODEL_EP_NODE_OURS = 32,  /* ... and this node is one of them */
	MODEL_EP_ZONE_HINTS = 64, /* it has hints for zones ... */
	MODEL_EP_ZONE_OURS = 128, /* ... and the zone asked for is one */
};

/* endpoints[]; only the first address counts, as in every proxy. */
struct model_endpoint {
	struct model_ip ip;
	uint8_t conditions;           /* MODEL_EP_READY to _TERMINATING */
	struct str node;              /* nodeName, empty when absent */
	const struct str *hint_zones; /* hints.forZones[].name */
	size_t n_hint_zones;
	const struct str *hint_nodes; /* hints.forNodes[].name */
	size_t n_hint_nodes;
};

/* ports[] of a slice; the decoder leaves out ports without a number */
struct model_slice_port {
	struct str name;
	uint8_t proto; /* enum model_proto */
	uint16_t port;
};

/*
 * A discovery.k8s.io/v1 EndpointSlice of address type IPv4 or IPv6.  A slice
 * of type FQDN, or without the label of a Service, is not put but deleted: an
 * earlier version of it may have been routable.
 */
struct model_slice {
	struct str ns, name;
	struct str service; /* label kubernetes.io/service-name */
	enum model_family family;
	const struct model_slice_port *ports;
	size_t n_ports;
	const struct model_endpoint *endpoints;
	size_t n_endpoints;
};

enum model_kind { MODEL_SERVICES, MODEL_SLICES, MODEL_KINDS };

#endif
