/*
 * options - see options.h.  One table for parsing, --help and the man page.
 */
#include "kube-proxy-mini/options.h"
#include "lib/base/fd.h"

#define MIN_SYNC_MAX_MS 3600000

struct options options;

/* Options of kube-proxy that mean nothing here: taken, and named when given. */
static const char *no_text;
static bool no_switch;

#define WITHOUT(text)                                                          \
	{                                                                      \
		.name = text, .type = ARGS_TEXT, .value = &no_text,            \
		.meta = "...", .help = "Has no effect here",                   \
		.was_given = &(bool)                                           \
		{                                                              \
			false                                                  \
		}                                                              \
	}
#define WITHOUT_SWITCH(text)                                                   \
	{                                                                      \
		.name = text, .type = ARGS_SWITCH, .value = &no_switch,        \
		.help = "Has no effect here", .was_given = &(bool)             \
		{                                                              \
			false                                                  \
		}                                                              \
	}

const struct args_option options_table[] = {
	{.name = "config",
		.type = ARGS_TEXT,
		.value = &options.config_path,
		.meta = "FILE",
		.help = "A KubeProxyConfiguration; options given besides win"},
	{.name = "kubeconfig",
		.type = ARGS_TEXT,
		.value = &options.flags.kubeconfig,
		.meta = "FILE",
		.help = "How to reach the API server; without it, as a pod"},
	{.name = "master",
		.type = ARGS_TEXT,
		.value = &options.flags.master,
		.meta = "URL",
		.help = "Another API server than kubeconfig's"},
	{.name = "hostname-override",
		.type = ARGS_TEXT,
		.value = &options.flags.hostname_override,
		.meta = "NAME",
		.help = "This node's name; without it, the host's"},
	{.name = "cluster-cidr",
		.type = ARGS_LIST,
		.value = &options.flags.cluster_cidr,
		.meta = "CIDR[,CIDR]",
		.help = "Where pods are; traffic from outside of it is "
			"masqueraded"},
	{.name = "detect-local-mode",
		.type = ARGS_TEXT,
		.value = &options.flags.detect_local_mode,
		.meta = "MODE",
		.help = "How pods of this node are known: ClusterCIDR, "
			"NodeCIDR, BridgeInterface or InterfaceNamePrefix"},
	{.name = "pod-bridge-interface",
		.type = ARGS_TEXT,
		.value = &options.flags.bridge_interface,
		.meta = "NAME",
		.help = "The bridge of BridgeInterface"},
	{.name = "pod-interface-name-prefix",
		.type = ARGS_TEXT,
		.value = &options.flags.interface_prefix,
		.meta = "PREFIX",
		.help = "The prefix of InterfaceNamePrefix"},
	{.name = "masquerade-all",
		.type = ARGS_SWITCH,
		.value = &options.flags.masquerade_all,
		.help = "Masquerade all traffic to cluster IPs"},
	{.name = "nodeport-addresses",
		.type = ARGS_LIST,
		.value = &options.flags.nodeport_addresses,
		.meta = "CIDR[,CIDR]",
		.help = "Which addresses of this node accept NodePorts; "
			"'primary' (the default): its own first ones"},
	{.name = "proxy-mode",
		.type = ARGS_TEXT,
		.value = &options.flags.proxy_mode,
		.meta = "MODE",
		.help = "nftables is the only one"},
	{.name = "min-sync-period",
		.type = ARGS_TIME,
		.value = &options.flags.min_sync_ms,
		.meta = "TIME",
		.help = "At least so much time between two writes of rules",
		.max = MIN_SYNC_MAX_MS},
	{.name = "healthz-bind-address",
		.type = ARGS_TEXT,
		.value = &options.flags.healthz_bind,
		.meta = "IP:PORT",
		.help = "Where /healthz and /livez answer; empty: nowhere"},
	{.name = "metrics-bind-address",
		.type = ARGS_TEXT,
		.value = &options.flags.metrics_bind,
		.meta = "IP:PORT",
		.help = "Where /metrics answers; empty: nowhere"},
	{.name = "conntrack-max-per-core",
		.type = ARGS_NUMBER,
		.value = &options.flags.conntrack.max_per_core,
		.meta = "N",
		.help = "Flows to be tracked for each processor; 0: as it is",
		.max = UINT32_MAX},
	{.name = "conntrack-min",
		.type = ARGS_NUMBER,
		.value = &options.flags.conntrack.min,
		.meta = "N",
		.help = "At least so many flows",
		.max = UINT32_MAX},
	{.name = "conntrack-tcp-timeout-established",
		.type = ARGS_TIME,
		.value = &options.flags.conntrack.tcp_established_ms,
		.meta = "TIME",
		.help = "Idle TCP connections are forgotten after; 0: as it "
			"is"},
	{.name = "conntrack-tcp-timeout-close-wait",
		.type = ARGS_TIME,
		.value = &options.flags.conntrack.tcp_close_wait_ms,
		.meta = "TIME",
		.help = "The same in CLOSE_WAIT"},
	{.name = "conntrack-tcp-be-liberal",
		.type = ARGS_SWITCH,
		.value = &options.flags.conntrack.is_liberal,
		.help = "Take TCP packets outside their window for good"},
	{.name = "conntrack-udp-timeout",
		.type = ARGS_TIME,
		.value = &options.flags.conntrack.udp_ms,
		.meta = "TIME",
		.help = "UDP flows without an answer are forgotten after"},
	{.name = "conntrack-udp-timeout-stream",
		.type = ARGS_TIME,
		.value = &options.flags.conntrack.udp_stream_ms,
		.meta = "TIME",
		.help = "UDP flows with answers are forgotten after"},
	{.name = "cleanup",
		.type = ARGS_SWITCH,
		.value = &options.cleanup,
		.help = "Remove our rules from the kernel and end"},
	{.name = "cleanup-kube-proxy",
		.type = ARGS_SWITCH,
		.value = &options.cleanup_peer,
		.help = "Remove the nftables rules of kube-proxy and end"},
	{.name = "init-only",
		.type = ARGS_SWITCH,
		.value = &options.init_only,
		.help = "Check that the kernel can be set up, and end"},
	{.name = "show",
		.type = ARGS_SWITCH,
		.value = &options.show,
		.help = "Say what a Service, or each, is in the kernel now"},
	{.name = "json",
		.type = ARGS_SWITCH,
		.value = &options.json,
		.help = "With --show: in JSON, for programs"},
	{.name = "dry-run",
		.type = ARGS_SWITCH,
		.value = &options.dry_run,
		.help = "Say what would be written, as lines for nft"},
	{.letter = 'v',
		.name = "v",
		.type = ARGS_NUMBER,
		.value = &options.verbosity,
		.meta = "N",
		.help = "How much to log: 0 errors to 4 everything",
		.max = 10},
	WITHOUT("bind-address"),
	WITHOUT("boot-id-file"),
	WITHOUT("config-sync-period"),
	WITHOUT("feature-gates"),
	WITHOUT("healthz-port"),
	WITHOUT("metrics-port"),
	WITHOUT("iptables-masquerade-bit"),
	WITHOUT("iptables-min-sync-period"),
	WITHOUT("iptables-sync-period"),
	WITHOUT("ipvs-exclude-cidrs"),
	WITHOUT("ipvs-min-sync-period"),
	WITHOUT("ipvs-scheduler"),
	WITHOUT("ipvs-sync-period"),
	WITHOUT("ipvs-tcp-timeout"),
	WITHOUT("ipvs-tcpfin-timeout"),
	WITHOUT("ipvs-udp-timeout"),
	WITHOUT("kube-api-burst"),
	WITHOUT("kube-api-content-type"),
	WITHOUT("kube-api-qps"),
	WITHOUT("log-flush-frequency"),
	WITHOUT("log-json-info-buffer-size"),
	WITHOUT("log-text-info-buffer-size"),
	WITHOUT("logging-format"),
	WITHOUT("machine-id-file"),
	WITHOUT("oom-score-adj"),
	WITHOUT("proxy-port-range"),
	WITHOUT("show-hidden-metrics-for-version"),
	WITHOUT("vmodule"),
	WITHOUT("write-config-to"),
	WITHOUT_SWITCH("bind-address-hard-fail"),
	WITHOUT_SWITCH("iptables-localhost-nodeports"),
	WITHOUT_SWITCH("ipvs-strict-arp"),
	WITHOUT_SWITCH("log-json-split-stream"),
	WITHOUT_SWITCH("log-text-split-stream"),
	WITHOUT_SWITCH("profiling"),
	{0},
};

void options_reset(void)
{
	options = (struct options){
		.flags = config_defaults(),
		.verbosity = OPTIONS_VERBOSITY,
	};
}

static int parse_file(const char *path, configfile_warn *warn, struct err *e)
{
	static struct arena memory;
	AUTO_BUF struct buf text = buf_growing(CONFIGFILE_BYTES_MAX);

	memory = arena_make(CONFIGFILE_BYTES_MAX * 16ull);
	if (file_read(path, &text, e) < 0)
		return -1;
	if (configfile_parse(
		    buf_view(&text), &memory, &options.flags, warn, e) < 0)
		return err_at(e, "%s", path);
	return 0;
}

int options_read_file(
	const struct options *given, configfile_warn *warn, struct err *e)
{
	if (parse_file(given->config_path, warn, e) < 0)
		return err_at(e, "--config");
	if (given->flags.cluster_cidr.n > 0)
		options.flags.cluster_cidr.n = 0;
	if (given->flags.nodeport_addresses.n > 0)
		options.flags.nodeport_addresses.n = 0;
	return 0;
}

void options_each_without_effect(void (*each)(const char *name))
{
	for (const struct args_option *o = options_table; o->name; o++)
		if (o->value == &no_text || o->value == &no_switch)
			if (*o->was_given)
				each(o->name);
}
