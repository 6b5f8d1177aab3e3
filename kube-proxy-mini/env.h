/*
 * env - what this node is and how it was configured, as far as the rules
 * depend on it.  config.c and the Node watch fill it; plan and skeleton read
 * it.  Plain data; lists are the filler's memory and are copied by whoever
 * keeps them (apply_set_env).
 */
#ifndef KEELSON_PROXY_ENV_H
#define KEELSON_PROXY_ENV_H

#include "kube-proxy-mini/model.h"

#define ENV_NETS_MAX     16  /* per list */
#define ENV_ADDRS_MAX    256 /* addresses of this node */
#define ENV_IFNAME_BYTES 16  /* with its final NUL, as IFNAMSIZ */
#define ENV_NAME_BYTES   254
#define ENV_TABLE_BYTES  32

/* detectLocalMode: how a packet is known to come from a pod of this node. */
enum env_detect {
	ENV_DETECT_NONE, /* unknown: nothing is masqueraded for being outside */
	ENV_DETECT_NETS, /* ClusterCIDR, NodeCIDR: its source is in pod_nets */
	ENV_DETECT_BRIDGE, /* BridgeInterface: it came in by iface */
	ENV_DETECT_PREFIX, /* InterfaceNamePrefix: by a name beginning so */
};

struct env {
	bool has_family[MODEL_FAMILIES];
	char node_name[ENV_NAME_BYTES];
	char zone[ENV_NAME_BYTES]; /* topology.kubernetes.io/zone, or "" */

	enum env_detect detect;
	char iface[ENV_IFNAME_BYTES];
	struct model_net pod_nets[ENV_NETS_MAX];
	size_t n_pod_nets;

	/* Service CIDRs: unallocated addresses of these are dropped. */
	struct model_net service_nets[ENV_NETS_MAX];
	size_t n_service_nets;

	/* The node's own address of each family, all zero when unknown. */
	struct model_ip node_ips[MODEL_FAMILIES];

	/*
	 * Addresses of this node that accept NodePorts: the node's own for
	 * `primary`, else those of its interfaces within nodePortAddresses
	 * (never loopback).  The filler lists them and sets the environment
	 * again when an interface gains or loses one.
	 */
	struct model_ip nodeport_ips[ENV_ADDRS_MAX];
	size_t n_nodeport_ips;

	/* The kernel refuses more elements of a set; RULESET_ELEMENTS_MAX. */
	uint32_t elements_max;

	bool masquerade_all;
	bool masquerade_random; /* masquerade with fully random ports */
};

/* Sensible defaults: both families, random masquerading, all else empty. */
struct env env_default(void);

#endif
