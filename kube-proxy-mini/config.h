/*
 * config - what this kube-proxy was told: flags, and the fields of a
 * KubeProxyConfiguration.  Pure but for reading the host's name.
 *
 * Names, defaults and meaning are kube-proxy's.  Whatever is set to something
 * that is not done here is refused by name, never ignored in silence.
 */
#ifndef KEELSON_PROXY_CONFIG_H
#define KEELSON_PROXY_CONFIG_H

#include "kube-proxy-mini/env.h"
#include "lib/base/args.h"

#define CONFIG_HEALTHZ_PORT 10256
#define CONFIG_METRICS_PORT 10249

/* Where to listen; port 0: nowhere. */
struct config_bind {
	struct model_ip ip;
	uint16_t port;
};

/* Connection tracking; 0: leave the kernel's value alone. */
struct config_conntrack {
	uint64_t max_per_core, min; /* flows; the larger result counts */
	uint64_t tcp_established_ms, tcp_close_wait_ms;
	uint64_t udp_ms, udp_stream_ms;
	bool is_liberal; /* out-of-window TCP packets are not invalid */
};

/* As given on the command line; NULL or empty where it was not. */
struct config_flags {
	const char *kubeconfig;
	const char *master;
	const char *hostname_override;
	const char *proxy_mode;
	struct args_list cluster_cidr; /* each may hold several, by commas */
	struct args_list nodeport_addresses;
	const char *detect_local_mode;
	const char *bridge_interface;
	const char *interface_prefix;
	const char *healthz_bind;
	const char *metrics_bind;
	bool masquerade_all;
	uint64_t min_sync_ms;
	struct config_conntrack conntrack;
};

/* kube-proxy's defaults. */
struct config_flags config_defaults(void);

/* Lists of ENV_NETS_MAX at most; texts are the flags' or the file's. */
struct config {
	const char *kubeconfig; /* NULL: in the cluster */
	const char *master;
	struct env env; /* what the rules depend on, but for the Node */
	struct model_net nodeport_nets[ENV_NETS_MAX];
	size_t n_nodeport_nets;
	bool nodeport_primary; /* the node's own first addresses */
	struct config_bind healthz;
	struct config_bind metrics;
	uint64_t min_sync_ms;
	struct config_conntrack conntrack;
	bool uses_pod_nets; /* NodeCIDR: the Node says where pods are */
};

/* Defaults, then the flags. Error (ERR_USAGE): names the flag. */
int config_make(
	const struct config_flags *f, struct config *out, struct err *e);

/* What /configz shows: a KubeProxyConfiguration in JSON. */
void config_write(const struct config *c, struct buf *out);

/* "0.0.0.0:10256", "[::]:10256", "10.0.0.1"; "" is nowhere. 0 or -1. */
int config_parse_bind(
	struct str text, uint16_t default_port, struct config_bind *out);

#endif
