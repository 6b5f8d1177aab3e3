/*
 * options - the table of options, from which lib/base/args parses the command
 * line and writes --help, the man page and the completion.
 */
#include "kube-proxy-mini/config/options.h"

#include "lib/base/fd.h"

#define MIN_SYNC_MAX_MS 3600000

struct options options;

/* Options of kube-proxy that have no effect here: accepted, and warned about.
 */
static const char *no_text;
static bool no_switch;

#define WITHOUT(text)                                                          \
	{                                                                      \
		.name = text, .type = ARGS_TEXT, .value = &no_text,            \
		.meta = "...", .help = "Accepted, but has no effect here",     \
		.was_given = &(bool)                                           \
		{                                                              \
			false                                                  \
		}                                                              \
	}
#define WITHOUT_SWITCH(text)                                                   \
	{                                                                      \
		.name = text, .type = ARGS_SWITCH, .value = &no_switch,        \
		.help = "Accepted, but has no effect here",                    \
		.was_given = &(bool)                                           \
		{                                                              \
			false                                                  \
		}                                                              \
	}

const struct args_option options_table[] = {
	{.name = "config",
		.type = ARGS_TEXT,
		.value = &options.config_path,
		.meta = "FILE",
		.help = "KubeProxyConfiguration to read; options given here "
			"win"},
	{.name = "kubeconfig",
		.type = ARGS_TEXT,
		.value = &options.flags.kubeconfig,
		.meta = "FILE",
		.help = "How to reach the API server; default: as this pod's "
			"service "
			"account"},
	{.name = "master",
		.type = ARGS_TEXT,
		.value = &options.flags.master,
		.meta = "URL",
		.help = "Address of the API server, instead of kubeconfig's"},
	{.name = "hostname-override",
		.type = ARGS_TEXT,
		.value = &options.flags.hostname_override,
		.meta = "NAME",
		.help = "Name of this node; default: the host's"},
	{.name = "bind-address",
		.type = ARGS_TEXT,
		.value = &options.flags.bind_address,
		.meta = "IP",
		.help = "Address of this node, instead of its Node's; it is "
			"not listened on"},
	{.name = "cluster-cidr",
		.type = ARGS_LIST,
		.value = &options.flags.cluster_cidr,
		.meta = "CIDR[,CIDR]",
		.help = "Addresses of pods; traffic from elsewhere is "
			"masqueraded"},
	{.name = "detect-local-mode",
		.type = ARGS_TEXT,
		.value = &options.flags.detect_local_mode,
		.meta = "MODE",
		.help = "How to recognize pods of this node: ClusterCIDR, "
			"NodeCIDR, BridgeInterface or InterfaceNamePrefix"},
	{.name = "pod-bridge-interface",
		.type = ARGS_TEXT,
		.value = &options.flags.bridge_interface,
		.meta = "NAME",
		.help = "Bridge of the pods, for BridgeInterface"},
	{.name = "pod-interface-name-prefix",
		.type = ARGS_TEXT,
		.value = &options.flags.interface_prefix,
		.meta = "PREFIX",
		.help = "Prefix of the pods' interfaces, for "
			"InterfaceNamePrefix"},
	{.name = "masquerade-all",
		.type = ARGS_SWITCH,
		.value = &options.flags.masquerade_all,
		.help = "Masquerade all traffic to cluster IPs"},
	{.name = "nodeport-addresses",
		.type = ARGS_LIST,
		.value = &options.flags.nodeport_addresses,
		.meta = "CIDR[,CIDR]",
		.help = "Addresses of this node that accept NodePorts; "
			"'primary', "
			"the default: those of its Node object"},
	{.name = "proxy-mode",
		.type = ARGS_TEXT,
		.value = &options.flags.proxy_mode,
		.meta = "MODE",
		.help = "Only nftables is supported"},
	{.name = "min-sync-period",
		.type = ARGS_TIME,
		.value = &options.flags.min_sync_ms,
		.meta = "TIME",
		.help = "Shortest time between two writes of rules",
		.max = MIN_SYNC_MAX_MS},
	{.name = "healthz-bind-address",
		.type = ARGS_TEXT,
		.value = &options.flags.healthz_bind,
		.meta = "IP:PORT",
		.help = "Where to serve /healthz and /livez; empty: nowhere"},
	{.name = "metrics-bind-address",
		.type = ARGS_TEXT,
		.value = &options.flags.metrics_bind,
		.meta = "IP:PORT",
		.help = "Where to serve /metrics; empty: nowhere"},
	{.name = "conntrack-max-per-core",
		.type = ARGS_NUMBER,
		.value = &options.flags.conntrack.max_per_core,
		.meta = "N",
		.help = "Connections to track for each CPU; 0: leave the "
			"kernel's "
			"limit",
		.max = UINT32_MAX},
	{.name = "conntrack-min",
		.type = ARGS_NUMBER,
		.value = &options.flags.conntrack.min,
		.meta = "N",
		.help = "Track at least so many connections",
		.max = UINT32_MAX},
	{.name = "conntrack-tcp-timeout-established",
		.type = ARGS_TIME,
		.value = &options.flags.conntrack.tcp_established_ms,
		.meta = "TIME",
		.help = "Forget idle TCP connections after this time; 0: leave "
			"the kernel's value"},
	{.name = "conntrack-tcp-timeout-close-wait",
		.type = ARGS_TIME,
		.value = &options.flags.conntrack.tcp_close_wait_ms,
		.meta = "TIME",
		.help = "The same for TCP connections in CLOSE_WAIT"},
	{.name = "conntrack-tcp-be-liberal",
		.type = ARGS_SWITCH,
		.value = &options.flags.conntrack.is_liberal,
		.help = "Accept TCP packets that are out of their window"},
	{.name = "conntrack-udp-timeout",
		.type = ARGS_TIME,
		.value = &options.flags.conntrack.udp_ms,
		.meta = "TIME",
		.help = "Forget UDP flows without answers after this time"},
	{.name = "conntrack-udp-timeout-stream",
		.type = ARGS_TIME,
		.value = &options.flags.conntrack.udp_stream_ms,
		.meta = "TIME",
		.help = "Forget UDP flows with answers after this time"},
	{.name = "cleanup",
		.type = ARGS_SWITCH,
		.value = &options.cleanup,
		.help = "Remove our rules from the kernel, and exit"},
	{.name = "cleanup-kube-proxy",
		.type = ARGS_SWITCH,
		.value = &options.cleanup_peer,
		.help = "Remove the nftables rules of kube-proxy, and exit"},
	{.name = "init-only",
		.type = ARGS_SWITCH,
		.value = &options.init_only,
		.help = "Check that the kernel takes rules, set its conntrack "
			"limits, "
			"and exit"},
	{.name = "show",
		.type = ARGS_SWITCH,
		.value = &options.show,
		.help = "Show where the kernel sends clients of a Service, or "
			"of all"},
	{.name = "json",
		.type = ARGS_SWITCH,
		.value = &options.json,
		.help = "With --show: as JSON, for programs"},
	{.name = "write-config-to",
		.type = ARGS_TEXT,
		.value = &options.write_config_to,
		.meta = "FILE",
		.help = "Write the configuration to this file, for --config, "
			"and exit"},
	{.name = "dry-run",
		.type = ARGS_SWITCH,
		.value = &options.dry_run,
		.help = "Print what would be written, as lines for nft, and "
			"exit"},
	{.letter = 'v',
		.name = "v",
		.type = ARGS_NUMBER,
		.value = &options.verbosity,
		.meta = "N",
		.help = "How much to log, from 0 (errors) to 4 (everything)",
		.max = 10},
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
	WITHOUT_SWITCH("bind-address-hard-fail"),
	WITHOUT_SWITCH("iptables-localhost-nodeports"),
	WITHOUT_SWITCH("ipvs-strict-arp"),
	WITHOUT_SWITCH("log-json-split-stream"),
	WITHOUT_SWITCH("log-text-split-stream"),
	WITHOUT_SWITCH("profiling"),
	/* of klog, removed in 1.26; some distributions still pass them */
	WITHOUT_SWITCH("add-dir-header"),
	WITHOUT_SWITCH("alsologtostderr"),
	WITHOUT("log-backtrace-at"),
	WITHOUT("log-dir"),
	WITHOUT("log-file"),
	WITHOUT("log-file-max-size"),
	WITHOUT_SWITCH("logtostderr"),
	WITHOUT_SWITCH("one-output"),
	WITHOUT_SWITCH("skip-headers"),
	WITHOUT_SWITCH("skip-log-headers"),
	WITHOUT("stderrthreshold"),
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
	options.flags.file = path;
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
