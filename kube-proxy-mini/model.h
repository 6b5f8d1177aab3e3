/*
 * model - the Services and EndpointSlices of the cluster, as this node needs
 * them, and which of them changed since the rules were last written.
 *
 * decode.c fills the `struct model_service` and `struct model_slice` below
 * with views of one API object; the model keeps an owned, packed copy, so the
 * views need to live for the call only.  Putting an object that is there
 * already replaces it; putting the same bytes again changes nothing and makes
 * nothing dirty, which is what makes a full list after 410 Gone cheap.
 *
 * Objects may come in any order: slices before their Service, deletions of
 * what never came.  The model refuses nothing but lack of memory (a ceiling
 * is stated when it is made) and counts beyond the limits named here.
 */
#ifndef KEELSON_PROXY_MODEL_H
#define KEELSON_PROXY_MODEL_H

#include "lib/base/err.h"
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

/* IP protocol numbers, as Services may name them. */
enum model_proto { MODEL_TCP = 6, MODEL_UDP = 17, MODEL_SCTP = 132 };

enum model_type {
	MODEL_CLUSTER_IP,
	MODEL_NODE_PORT,
	MODEL_LOAD_BALANCER,
	MODEL_EXTERNAL_NAME,
};

/* spec.ports[] */
struct model_port {
	struct str name; /* empty for an unnamed only port */
	uint8_t proto;   /* enum model_proto */
	uint16_t port;
	uint16_t node_port; /* 0: none allocated */
};

/* status.loadBalancer.ingress[]; entries with only a hostname are left out */
struct model_ingress {
	struct model_ip ip;
	bool is_proxy; /* ipMode: Proxy; the balancer itself delivers */
};

/* spec.trafficDistribution */
enum model_distribution {
	MODEL_SPREAD_ANY,
	MODEL_SPREAD_SAME_ZONE, /* PreferClose, PreferSameZone */
	MODEL_SPREAD_SAME_NODE, /* PreferSameNode */
};

#define MODEL_PORTS_MAX     1024 /* of a Service or a slice */
#define MODEL_ADDRS_MAX     1024 /* of each address list of a Service */
#define MODEL_ENDPOINTS_MAX 1024 /* of a slice; the API allows 1000 */
#define MODEL_HINTS_MAX     16   /* zones or nodes of one endpoint */
#define MODEL_NAME_MAX      253  /* bytes of any name */

/* A v1 Service. Lists of addresses may mix the families. */
struct model_service {
	struct str ns, name;
	enum model_type type;
	bool is_headless; /* clusterIP: None */
	bool is_foreign;  /* label service.kubernetes.io/service-proxy-name */
	bool internal_local;    /* internalTrafficPolicy: Local */
	bool external_local;    /* externalTrafficPolicy: Local */
	bool publish_not_ready; /* spec.publishNotReadyAddresses */
	enum model_distribution distribution;
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
 * Conditions of an endpoint.  The decoder resolves absent ones as the API
 * says: ready absent is ready; serving absent equals ready; terminating
 * absent is not terminating.
 */
enum {
	MODEL_EP_READY = 1,
	MODEL_EP_SERVING = 2,
	MODEL_EP_TERMINATING = 4,
};

/* endpoints[]; only the first address counts, as for every proxy. */
struct model_endpoint {
	struct model_ip ip;
	uint8_t conditions;
	struct str node;              /* nodeName, empty when absent */
	struct str zone;              /* empty when absent */
	const struct str *hint_zones; /* hints.forZones[].name */
	size_t n_hint_zones;
	const struct str *hint_nodes; /* hints.forNodes[].name */
	size_t n_hint_nodes;
};

/* ports[] of a slice; ports without a number are left out by the decoder */
struct model_slice_port {
	struct str name;
	uint8_t proto; /* enum model_proto */
	uint16_t port;
};

/*
 * A discovery.k8s.io/v1 EndpointSlice of address type IPv4 or IPv6; slices of
 * type FQDN and those without a Service are not put (delete them, in case
 * they were something else before).
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

struct model;

/* An empty model that holds at most max_bytes; NULL when memory is out. */
struct model *model_make(size_t max_bytes);
void model_free(struct model *m);

/*
 * The name of the node that we run on; say it before the first put.  Of an
 * endpoint's node and of its node hints the model keeps only whether they
 * mean us; of zones only those in hints; the zone of an endpoint itself plays
 * no part in routing and is not kept.
 */
void model_set_node(struct model *m, struct str node_name);

/* Add or replace. 0, or -1 with the model as it was before. */
int model_put_service(
	struct model *m, const struct model_service *s, struct err *e);
int model_put_slice(
	struct model *m, const struct model_slice *s, struct err *e);

/* Remove; nothing happens when it is not there. */
void model_delete_service(struct model *m, struct str ns, struct str name);
void model_delete_slice(struct model *m, struct str ns, struct str name);

/*
 * A full list, in place: between begin and end every object listed is put;
 * end deletes those of the kind that were not.  A list that breaks off is
 * begun again and costs nothing: no object goes before an end.
 */
enum model_kind { MODEL_SERVICES, MODEL_SLICES, MODEL_KINDS };
void model_list_begin(struct model *m, enum model_kind kind);
void model_list_end(struct model *m, enum model_kind kind);

/* Something changed since the last sync. */
bool model_is_dirty(const struct model *m);

struct model_counts {
	size_t services, slices, endpoints; /* objects held */
	size_t dirty; /* Services with a change that was not yet written */
	size_t bytes; /* memory held */
};
struct model_counts model_count(const struct model *m);

#endif
