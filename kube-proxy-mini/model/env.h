/*
 * env - the facts about this node, and the options, that rules depend on.
 *
 * Plain data without pointers.  The configuration and the Node watch fill it;
 * the planner and the ruleset read it.
 */
#ifndef KEELSON_PROXY_ENV_H
#define KEELSON_PROXY_ENV_H

#include "kube-proxy-mini/model/object.h"

#define ENV_ELEMENTS_MAX (4u << 20) /* of a set: 400 MB of kernel memory */
#define ENV_NETS_MAX     16         /* of pods */
#define ENV_SERVICE_NETS 64         /* as many as cidrs.h can know */
#define ENV_ADDRS_MAX    256        /* addresses of this node */
#define ENV_IFNAME_BYTES 16         /* with its final NUL, as IFNAMSIZ */
#define ENV_NAME_BYTES   254

/* detectLocalMode: which packets come from a pod of this node. */
enum env_detect {
	ENV_DETECT_NONE, /* unknown: no client counts as outside */
	ENV_DETECT_NETS, /* ClusterCIDR, NodeCIDR: the source is in pod_nets */
	ENV_DETECT_BRIDGE, /* BridgeInterface: they arrive on iface */
	ENV_DETECT_PREFIX, /* InterfaceNamePrefix: on iface* */
};

struct env {
	bool has_family[MODEL_FAMILIES];
	char node_name[ENV_NAME_BYTES];
	char zone[ENV_NAME_BYTES]; /* topology.kubernetes.io/zone, or "" */

	enum env_detect detect;
	char iface[ENV_IFNAME_BYTES];
	struct model_net pod_nets[ENV_NETS_MAX];
	size_t n_pod_nets;

	/* Service CIDRs: packets to unallocated addresses are dropped. */
	struct model_net service_nets[ENV_SERVICE_NETS];
	size_t n_service_nets;

	/* The node's own address of each family, all zero when unknown. */
	struct model_ip node_ips[MODEL_FAMILIES];

	/*
	 * Addresses of this node that accept NodePorts: with `primary` the
	 * node's own, and those of its interfaces that lie within
	 * nodePortAddresses (never loopback).  Those that are over the limit
	 * are the last ones in order.
	 */
	struct model_ip nodeport_ips[ENV_ADDRS_MAX];
	size_t n_nodeport_ips, n_nodeport_over;
	/* all of a family's addresses accept NodePorts; health checks, too */
	bool nodeport_all[MODEL_FAMILIES];

	/* No set is declared larger; the kernel refuses what exceeds it. */
	uint32_t elements_max;

	bool masquerade_all;
	bool masquerade_random; /* to fully random source ports */
};

/* The defaults: both families, random masquerading, all else empty. */
struct env env_default(void);

#endif
