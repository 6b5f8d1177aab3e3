/*
 * config - what this kube-proxy was told to do, by flags and by the fields of
 * a KubeProxyConfiguration.  Pure, except that it asks for the host's name.
 *
 * Names, defaults and meanings are kube-proxy's.  A value that is not
 * supported is refused by name, never silently ignored.
 */
#ifndef KEELSON_PROXY_CONFIG_H
#define KEELSON_PROXY_CONFIG_H

#include "kube-proxy-mini/model/address.h"
#include "kube-proxy-mini/model/env.h"
#include "lib/base/args.h"
#include "lib/base/buf.h"
#include "lib/base/node.h"

#define CONFIG_HEALTHZ_PORT 10256
#define CONFIG_METRICS_PORT 10249

/* An address to listen on; port 0: do not listen. */
struct config_bind {
	struct model_ip ip;
	uint16_t port;
};

/* Connection tracking; 0: leave the kernel's value as it is. */
struct config_conntrack {
	uint64_t max_per_core, min; /* flows; the larger result counts */
	uint64_t tcp_established_ms, tcp_close_wait_ms;
	uint64_t udp_ms, udp_stream_ms;
	bool is_liberal; /* TCP packets out of their window are valid */
};

/* Where a text of the configuration file stands, for messages. */
#define CONFIG_ORIGINS_MAX 24

struct config_origin {
	const char *text;  /* the value: one that a flag set is another */
	const char *field; /* "nodePortAddresses" */
	uint32_t line;
};

/* As given on the command line; NULL or empty where it was not given. */
struct config_flags {
	const char *kubeconfig;
	const char *master;
	const char *hostname_override;
	const char *proxy_mode;
	struct args_list cluster_cidr; /* items may hold several, by commas */
	struct args_list nodeport_addresses;
	const char *bind_address;
	const char *detect_local_mode;
	const char *bridge_interface;
	const char *interface_prefix;
	const char *healthz_bind;
	const char *metrics_bind;
	bool masquerade_all;
	uint64_t min_sync_ms;
	struct config_conntrack conntrack;
	const char *file;        /* the configuration file, or NULL */
	const struct node *tree; /* what it says, or NULL */
	struct config_origin origins[CONFIG_ORIGINS_MAX];
	size_t n_origins;
};

/* kube-proxy's defaults. */
struct config_flags config_defaults(void);

/* Texts belong to the flags or to the file. */
struct config {
	const struct config_flags *flags; /* that it was made from */
	const char *kubeconfig;           /* NULL: as a pod */
	const char *master;
	struct env env; /* what the rules depend on, without the Node */
	struct model_net nodeport_nets[ENV_NETS_MAX];
	size_t n_nodeport_nets;
	bool nodeport_primary; /* the Node's own addresses, beside the nets */
	struct config_bind healthz;
	struct config_bind metrics;
	uint64_t min_sync_ms;
	struct config_conntrack conntrack;
	bool uses_pod_nets; /* NodeCIDR: the Node says where pods are */
	/* bindAddress: the node's own address, instead of its Node's */
	bool has_own_ip;
	struct model_ip own_ip;
};

/*
 * From the flags.  0 or -1 (ERR_USAGE: e names the flag; or file, line and
 * field of a value that the file has).
 */
int config_make(
	const struct config_flags *f, struct config *out, struct err *e);

/* "0.0.0.0:10256", "[::]:10256", "10.0.0.1"; "" is port 0.  0 or -1. */
int config_parse_bind(
	struct str text, uint16_t default_port, struct config_bind *out);

/* The other way round; "" when it does not listen. */
#define CONFIG_BIND_BYTES (ADDRESS_TEXT_BYTES + 16)
const char *config_bind_text(
	const struct config_bind *bind, char room[CONFIG_BIND_BYTES]);

#endif
