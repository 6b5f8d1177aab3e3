/*
 * kube-proxy-mini - kube-proxy's nftables mode, small.
 *
 * This file is the command line: one table of options, and the few things
 * that are done and over (--cleanup, --init-only).  proxy.c runs the rest.
 */
#include "kube-proxy-mini/apply.h"
#include "kube-proxy-mini/configfile.h"
#include "kube-proxy-mini/proxy.h"
#include "kube-proxy-mini/show.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <stdio.h>
#include <unistd.h>

#ifndef VERSION
#define VERSION "0.0.0-dev"
#endif

#define MIN_SYNC_MAX_MS 3600000
#define SHOW_BYTES_MAX  (256u << 20)

static struct config_flags flags;
static const char *config_path;

static struct {
	bool cleanup, cleanup_peer, init_only, show, dry_run;
	uint64_t verbosity;
} what = {.verbosity = 2};

static const struct args_option options[] = {
	{.name = "config",
		.type = ARGS_TEXT,
		.value = &config_path,
		.meta = "FILE",
		.help = "A KubeProxyConfiguration; options given besides win"},
	{.name = "kubeconfig",
		.type = ARGS_TEXT,
		.value = &flags.kubeconfig,
		.meta = "FILE",
		.help = "How to reach the API server; without it, as a pod"},
	{.name = "master",
		.type = ARGS_TEXT,
		.value = &flags.master,
		.meta = "URL",
		.help = "Another API server than kubeconfig's"},
	{.name = "hostname-override",
		.type = ARGS_TEXT,
		.value = &flags.hostname_override,
		.meta = "NAME",
		.help = "This node's name; without it, the host's"},
	{.name = "cluster-cidr",
		.type = ARGS_LIST,
		.value = &flags.cluster_cidr,
		.meta = "CIDR[,CIDR]",
		.help = "Where pods are; traffic from outside of it is "
			"masqueraded"},
	{.name = "detect-local-mode",
		.type = ARGS_TEXT,
		.value = &flags.detect_local_mode,
		.meta = "MODE",
		.help = "How pods of this node are known: ClusterCIDR, "
			"NodeCIDR, BridgeInterface or InterfaceNamePrefix"},
	{.name = "pod-bridge-interface",
		.type = ARGS_TEXT,
		.value = &flags.bridge_interface,
		.meta = "NAME",
		.help = "The bridge of BridgeInterface"},
	{.name = "pod-interface-name-prefix",
		.type = ARGS_TEXT,
		.value = &flags.interface_prefix,
		.meta = "PREFIX",
		.help = "The prefix of InterfaceNamePrefix"},
	{.name = "masquerade-all",
		.type = ARGS_SWITCH,
		.value = &flags.masquerade_all,
		.help = "Masquerade all traffic to cluster IPs"},
	{.name = "nodeport-addresses",
		.type = ARGS_LIST,
		.value = &flags.nodeport_addresses,
		.meta = "CIDR[,CIDR]",
		.help = "Which addresses of this node accept NodePorts; "
			"'primary' (the default): its own first ones"},
	{.name = "proxy-mode",
		.type = ARGS_TEXT,
		.value = &flags.proxy_mode,
		.meta = "MODE",
		.help = "nftables is the only one"},
	{.name = "min-sync-period",
		.type = ARGS_TIME,
		.value = &flags.min_sync_ms,
		.meta = "TIME",
		.help = "At least so much time between two writes of rules",
		.max = MIN_SYNC_MAX_MS},
	{.name = "healthz-bind-address",
		.type = ARGS_TEXT,
		.value = &flags.healthz_bind,
		.meta = "IP:PORT",
		.help = "Where /healthz and /livez answer; empty: nowhere"},
	{.name = "metrics-bind-address",
		.type = ARGS_TEXT,
		.value = &flags.metrics_bind,
		.meta = "IP:PORT",
		.help = "Where /metrics answers; empty: nowhere"},
	{.name = "conntrack-max-per-core",
		.type = ARGS_NUMBER,
		.value = &flags.conntrack.max_per_core,
		.meta = "N",
		.help = "Flows to be tracked for each processor; 0: as it is",
		.max = UINT32_MAX},
	{.name = "conntrack-min",
		.type = ARGS_NUMBER,
		.value = &flags.conntrack.min,
		.meta = "N",
		.help = "At least so many flows",
		.max = UINT32_MAX},
	{.name = "conntrack-tcp-timeout-established",
		.type = ARGS_TIME,
		.value = &flags.conntrack.tcp_established_ms,
		.meta = "TIME",
		.help = "Idle TCP connections are forgotten after; 0: as it "
			"is"},
	{.name = "conntrack-tcp-timeout-close-wait",
		.type = ARGS_TIME,
		.value = &flags.conntrack.tcp_close_wait_ms,
		.meta = "TIME",
		.help = "The same in CLOSE_WAIT"},
	{.name = "conntrack-tcp-be-liberal",
		.type = ARGS_SWITCH,
		.value = &flags.conntrack.is_liberal,
		.help = "Take TCP packets outside their window for good"},
	{.name = "conntrack-udp-timeout",
		.type = ARGS_TIME,
		.value = &flags.conntrack.udp_ms,
		.meta = "TIME",
		.help = "UDP flows without an answer are forgotten after"},
	{.name = "conntrack-udp-timeout-stream",
		.type = ARGS_TIME,
		.value = &flags.conntrack.udp_stream_ms,
		.meta = "TIME",
		.help = "UDP flows with answers are forgotten after"},
	{.name = "cleanup",
		.type = ARGS_SWITCH,
		.value = &what.cleanup,
		.help = "Remove our rules from the kernel and end"},
	{.name = "cleanup-kube-proxy",
		.type = ARGS_SWITCH,
		.value = &what.cleanup_peer,
		.help = "Remove the nftables rules of kube-proxy and end"},
	{.name = "init-only",
		.type = ARGS_SWITCH,
		.value = &what.init_only,
		.help = "Check that the kernel can be set up, and end"},
	{.name = "show",
		.type = ARGS_SWITCH,
		.value = &what.show,
		.help = "Say what a Service, or each, is in the kernel now"},
	{.name = "dry-run",
		.type = ARGS_SWITCH,
		.value = &what.dry_run,
		.help = "Say what would be written, as lines for nft"},
	{.letter = 'v',
		.name = "v",
		.type = ARGS_NUMBER,
		.value = &what.verbosity,
		.meta = "N",
		.help = "How much to log: 0 errors to 4 everything",
		.max = 10},
	{0},
};

/* For a person who asked; a failing daemon logs. */
static bool is_for_person(const struct err *e)
{
	return what.show || what.dry_run || what.cleanup || what.cleanup_peer ||
	       e->kind == ERR_USAGE;
}

static int fail(const struct err *e)
{
	if (is_for_person(e))
		fprintf(stderr, "kube-proxy-mini: %s\n", e->text);
	else
		log_event(LOG_ERROR, "giving up", "why", e->text, NULL);
	return err_exit(e);
}

/* Errors and warnings always; 2 is kube-proxy's usual level. */
static void set_log_level(uint64_t verbosity)
{
	if (verbosity == 0)
		log_set_level(LOG_WARN);
	else
		log_set_level(verbosity < 4 ? LOG_INFO : LOG_DEBUG);
}

static int clean_up(struct err *e)
{
	if (what.cleanup && apply_cleanup(e) < 0)
		return err_at(e, "--cleanup");
	if (what.cleanup_peer && apply_cleanup_peer(e) < 0)
		return err_at(e, "--cleanup-kube-proxy");
	log_event(LOG_INFO, "rules removed", NULL);
	return 0;
}

static int init_only(const struct config *c, struct err *e)
{
	struct apply *a = apply_open(&c->env, e);

	if (a == NULL)
		return err_at(e, "--init-only");
	apply_close(a);
	return 0;
}

static int show(const char *which, struct err *e)
{
	AUTO_BUF struct buf out = buf_growing(SHOW_BYTES_MAX);

	if (show_service(str_of(which), &out, e) < 0)
		return -1;
	return fd_write(STDOUT_FILENO, out.p, out.n, e);
}

static int work(const struct config *c, struct err *e)
{
	if (what.init_only)
		return init_only(c, e);
	return what.dry_run ? proxy_dry_run(c, VERSION, e)
			    : proxy_run(c, VERSION, e);
}

static int run(size_t n, const char *const *operands);

static const struct args_command command = {
	.name = "kube-proxy-mini",
	.operands = "[NAMESPACE/NAME]",
	.summary = "Make Services of a Kubernetes cluster work on this node",
	.options = options,
	.max_operands = 1,
	.run = run,
};

/* The command line, to be read once more behind a configuration file. */
static struct {
	int n;
	char **words;
} line;

static void warn_without_effect(const char *field)
{
	log_event(LOG_WARN, "this field has no effect here", "field", field,
		NULL);
}

/* Lists do not add up: the one of the command line counts. */
static void drop_given_lists(const struct config_flags *given)
{
	if (given->cluster_cidr.n > 0)
		flags.cluster_cidr.n = 0;
	if (given->nodeport_addresses.n > 0)
		flags.nodeport_addresses.n = 0;
}

/* Texts of the file live until the program ends. */
static int parse_config_file(struct err *e)
{
	static struct arena memory;
	AUTO_BUF struct buf text = buf_growing(CONFIGFILE_BYTES_MAX);

	memory = arena_make(CONFIGFILE_BYTES_MAX * 16ull);
	if (file_read(config_path, &text, e) < 0)
		return -1;
	if (configfile_parse(buf_view(&text), &memory, &flags,
		    warn_without_effect, e) < 0)
		return err_at(e, "%s", config_path);
	return 0;
}

/* Defaults, then the file, then the command line. */
static int read_config_file(struct err *e)
{
	struct config_flags given = flags;
	const char *operands[1]; /* none: run() has seen to that */
	size_t n;

	if (config_path == NULL || config_path[0] == '\0')
		return 0;
	flags = config_defaults();
	if (parse_config_file(e) < 0)
		return err_at(e, "--config");
	drop_given_lists(&given);
	return args_parse(&command, line.n, line.words, operands, &n, e);
}

static int run(size_t n, const char *const *operands)
{
	static struct config config;
	struct err e = {0};

	set_log_level(what.verbosity);
	if (what.show || what.dry_run || what.cleanup || what.cleanup_peer)
		log_plain(); /* a person waits for the answer */
	if (what.show)
		return show(n > 0 ? operands[0] : "", &e) < 0 ? fail(&e) : 0;
	if (n > 0) {
		err_kind(&e, ERR_USAGE, "\"%s\": only --show takes a Service",
			operands[0]);
		return fail(&e);
	}
	if (what.cleanup || what.cleanup_peer)
		return clean_up(&e) < 0 ? fail(&e) : 0;
	if (read_config_file(&e) < 0 || config_make(&flags, &config, &e) < 0)
		return fail(&e);
	return work(&config, &e) < 0 ? fail(&e) : 0;
}

int main(int argc, char **argv)
{
	flags = config_defaults();
	line.n = argc;
	line.words = argv;
	return args_main(&command, VERSION, argc, argv);
}
