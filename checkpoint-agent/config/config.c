/*
 * config - one static struct config, the table of options that points into it,
 * and the checks that run once on the result.
 *
 * The command line is parsed first and marks the options that it sets; the
 * file then fills in the others; config_finish() derives what follows from
 * them (authorization mode, TLS version, host name, directory of archives).
 */
#include "checkpoint-agent/config/config.h"

#include "checkpoint-agent/archive/output.h"
#include "checkpoint-agent/config/configfile.h"
#include "checkpoint-agent/preflight/dirty_tracking.h"
#include "lib/net/tls.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HOSTNAME_BYTES 254

static struct config config = {
	.file = "",
	.address = "::",
	.port = 10350,
	.healthz_address = "127.0.0.1",
	.cert_file = "",
	.key_file = "",
	.tls_min_version = "VersionTLS12",
	.cert_dir = "/var/lib/checkpoint-agent/pki",
	.client_ca_file = "",
	.authorization = "",
	.kubeconfig = "",
	.hostname = "",
	.token_ttl_ms = 120000,
	.authorized_ttl_ms = 300000,
	.unauthorized_ttl_ms = 30000,
	.feature_gates = "",
	.features = {.has_checkpoint = true},
	.root_dir = "/var/lib/kubelet",
	.jobs = {.dump = {.criu = "criu", .compress = "none"},
		.host_root = "",
		.cri_endpoint = "",
		.default_timeout_ms = 120000,
		.keep = 10},
};

/* A was_given of its own for each option: the file leaves given ones alone. */
#define FLAG (&(bool){false})

const struct args_option config_options[] = {
	{"config", 0, ARGS_TEXT, &config.file, "FILE",
		"read options from a KubeletConfiguration-style YAML file", 0,
		0, NULL},
	{"address", 0, ARGS_TEXT, &config.address, "IP",
		"address to listen on; :: means IPv6 and IPv4, or only IPv4 if "
		"the kernel has no IPv6",
		0, 0, FLAG},
	{"port", 0, ARGS_NUMBER, &config.port, "N", "port to listen on", 1,
		65535, FLAG},
	{"healthz-port", 0, ARGS_NUMBER, &config.healthz_port, "N",
		"port of /healthz, /livez and /readyz without TLS, 0: none", 0,
		65535, FLAG},
	{"healthz-bind-address", 0, ARGS_TEXT, &config.healthz_address, "IP",
		"address to listen on for --healthz-port", 0, 0, FLAG},
	{"tls-cert-file", 0, ARGS_TEXT, &config.cert_file, "FILE",
		"serving certificate with its chain, PEM", 0, 0, FLAG},
	{"tls-private-key-file", 0, ARGS_TEXT, &config.key_file, "FILE",
		"private key of --tls-cert-file, PEM", 0, 0, FLAG},
	{"tls-min-version", 0, ARGS_TEXT, &config.tls_min_version, "VERSION",
		"oldest version to accept: VersionTLS12 or VersionTLS13", 0, 0,
		FLAG},
	{"tls-cipher-suites", 0, ARGS_LIST, &config.tls_suites, "NAME,...",
		"TLS 1.2 cipher suites to allow, by IANA name; default all", 0,
		0, FLAG},
	{"cert-dir", 0, ARGS_TEXT, &config.cert_dir, "DIR",
		"where the self-signed certificate is kept that is used "
		"without --tls-cert-file",
		0, 0, FLAG},
	{"client-ca-file", 0, ARGS_TEXT, &config.client_ca_file, "FILE",
		"trust client certificates signed by one of these CAs: CN is "
		"the user, each O a group",
		0, 0, FLAG},
	{"anonymous-auth", 0, ARGS_SWITCH, &config.takes_anonymous, "",
		"treat requests without credentials as system:anonymous", 0, 0,
		FLAG},
	{"authorization-mode", 0, ARGS_TEXT, &config.authorization, "MODE",
		"Groups (members of the allowed groups), Webhook (ask the API "
		"server) or AlwaysAllow (every authenticated user); default "
		"Groups",
		0, 0, FLAG},
	{"authorization-group", 0, ARGS_LIST, &config.groups, "NAME",
		"group allowed by mode Groups; default system:masters and "
		"kubeadm:cluster-admins",
		0, 0, FLAG},
	{"kubeconfig", 0, ARGS_TEXT, &config.kubeconfig, "FILE",
		"how to reach the API server; default the pod's service "
		"account",
		0, 0, FLAG},
	{"hostname-override", 0, ARGS_TEXT, &config.hostname, "NAME",
		"name of this node in requests to the API server", 0, 0, FLAG},
	{"authentication-token-webhook", 0, ARGS_SWITCH, &config.takes_tokens,
		"", "accept bearer tokens that the API server verifies", 0, 0,
		FLAG},
	{"authentication-token-webhook-cache-ttl", 0, ARGS_TIME,
		&config.token_ttl_ms, "TIME",
		"how long verified and rejected tokens are cached", 0, 86400000,
		FLAG},
	{"authorization-webhook-cache-authorized-ttl", 0, ARGS_TIME,
		&config.authorized_ttl_ms, "TIME",
		"how long the API server's permissions are cached", 0, 86400000,
		FLAG},
	{"authorization-webhook-cache-unauthorized-ttl", 0, ARGS_TIME,
		&config.unauthorized_ttl_ms, "TIME",
		"how long the API server's denials are cached", 0, 86400000,
		FLAG},
	{"feature-gates", 0, ARGS_TEXT, &config.feature_gates, "A=true,...",
		"ContainerCheckpoint (default true), PodCheckpoint (default "
		"false)",
		0, 0, FLAG},
	{"enable-archive-access", 0, ARGS_SWITCH, &config.features.has_archives,
		"", "serve GET, HEAD and DELETE below /checkpoints", 0, 0,
		FLAG},
	{"root-dir", 0, ARGS_TEXT, &config.root_dir, "DIR",
		"write archives to DIR/checkpoints", 0, 0, FLAG},
	{"container-runtime-endpoint", 0, ARGS_TEXT, &config.jobs.cri_endpoint,
		"unix://SOCKET", "CRI socket; default the usual ones", 0, 0,
		FLAG},
	{"runtime-root", 0, ARGS_LIST, &config.jobs.runtime_roots, "DIR",
		"state directory of runc or crun; default the usual ones", 0, 0,
		FLAG},
	{"host-root", 0, ARGS_TEXT, &config.jobs.host_root, "DIR",
		"where the node's root directory is visible, such as "
		"/proc/1/root or /host in a container",
		0, 0, FLAG},
	{"runtime-request-timeout", 0, ARGS_TIME,
		&config.jobs.default_timeout_ms, "TIME",
		"time limit of requests that set none", 1000, 86400000, FLAG},
	DUMP_OPTIONS_ROWS(config.jobs.dump, FLAG),
	{"keep", 0, ARGS_NUMBER, &config.jobs.keep, "N",
		"archives to keep per container, 0: all", 0, 1000000, FLAG},
	{"keep-namespace", 0, ARGS_NUMBER, &config.jobs.keep_namespace, "N",
		"archives to keep per namespace, 0: all", 0, 1000000, FLAG},
	{"max-bytes", 0, ARGS_SIZE, &config.jobs.max_bytes, "SIZE",
		"limit on the size of all archives together, 0: none", 0, 0,
		FLAG},
	{"min-free", 0, ARGS_SIZE, &config.jobs.min_free_bytes, "SIZE",
		"free space to leave on the disk", 0, 0, FLAG},
	{"max-age", 0, ARGS_TIME, &config.jobs.max_age_ms, "TIME",
		"remove archives older than this, 0: never", 0, 0, FLAG},
	{NULL, 0, ARGS_SWITCH, NULL, NULL, NULL, 0, 0, NULL},
};

/* --- feature gates ------------------------------------------------- */

static bool *find_gate(struct str name)
{
	if (str_is(name, "ContainerCheckpoint"))
		return &config.features.has_checkpoint;
	if (str_is(name, "PodCheckpoint"))
		return &config.features.has_pods;
	return NULL;
}

/* "A=true,B=false" */
static int set_gates(struct str text, struct err *e)
{
	struct str part, name;

	while (text.n > 0 && str_cut(&text, ',', &part)) {
		struct str all = part;
		bool *gate;

		str_cut(&part, '=', &name);
		gate = find_gate(name);
		if (gate == NULL ||
			(!str_is(part, "true") && !str_is(part, "false")))
			return err_kind(e, ERR_USAGE,
				"--feature-gates %.*s: expected "
				"ContainerCheckpoint or PodCheckpoint, "
				"=true or =false",
				STR_ARG(all));
		*gate = str_is(part, "true");
	}
	return 0;
}

/* --- checks -------------------------------------------------------- */

static int find_mode(const char *name, enum config_authorization *out)
{
	if (strcmp(name, "Groups") == 0)
		*out = CONFIG_GROUPS;
	else if (strcmp(name, "AlwaysAllow") == 0)
		*out = CONFIG_ALWAYS_ALLOW;
	else if (strcmp(name, "Webhook") == 0)
		*out = CONFIG_WEBHOOK;
	else
		return -1;
	return 0;
}

static int check_authorization(struct err *e)
{
	if (config.authorization[0] == '\0')
		config.authorization = "Groups";
	if (find_mode(config.authorization, &config.mode) < 0)
		return err_kind(e, ERR_USAGE,
			"--authorization-mode %s: expected Groups, Webhook or "
			"AlwaysAllow",
			config.authorization);
	if (config.groups.n == 0)
		config.groups = (struct args_list){
			.item = {"system:masters", "kubeadm:cluster-admins"},
			.n = 2};
	return 0;
}

/* In lower case, as the kubelet names its node. */
static void find_hostname(void)
{
	static char name[HOSTNAME_BYTES];

	if (config.hostname[0] != '\0')
		return;
	gethostname(name, sizeof(name) - 1);
	for (char *p = name; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	config.hostname = name;
}

/* The kubelet's names of versions before TLS 1.2 are refused. */
static int check_tls(struct err *e)
{
	const struct tls_server_options o = {.suites = &config.tls_suites};
	struct str version = str_of(config.tls_min_version);

	if ((config.cert_file[0] == '\0') != (config.key_file[0] == '\0'))
		return err_kind(e, ERR_USAGE,
			"--tls-cert-file and --tls-private-key-file must be "
			"given together");
	config.is_tls13_only = str_is(version, "VersionTLS13");
	if (!config.is_tls13_only && !str_is(version, "VersionTLS12"))
		return err_kind(e, ERR_USAGE,
			"--tls-min-version %s: expected VersionTLS12 or "
			"VersionTLS13",
			config.tls_min_version);
	if (tls_mbed_check(&o, e) < 0)
		return err_at(e, "--tls-cipher-suites");
	return 0;
}

static int check_config(struct err *e)
{
	int n = snprintf(config.dir, sizeof(config.dir), "%s/checkpoints",
		config.root_dir);

	if (n < 0 || (size_t)n >= sizeof(config.dir))
		return err_kind(e, ERR_USAGE, "--root-dir: path is too long");
	config.jobs.dir = config.dir;
	if (check_tls(e) < 0)
		return -1;
	if (config.jobs.dump.has_predump && dirty_tracking_check(e) < 0)
		return -1;
	if (output_check(&config.jobs.dump, e) < 0)
		return -1;
	find_hostname();
	return check_authorization(e);
}

int config_finish(struct err *e)
{
	static const struct configfile file = {config_options, find_gate};

	if (config.file[0] != '\0' &&
		configfile_read(&file, config.file, e) < 0) {
		if (e != NULL)
			e->kind = ERR_USAGE;
		return -1;
	}
	if (set_gates(str_of(config.feature_gates), e) < 0)
		return -1;
	return check_config(e);
}

bool config_needs_api(const struct config *c)
{
	return c->takes_tokens || c->mode == CONFIG_WEBHOOK;
}

const struct config *config_get(void)
{
	return &config;
}
