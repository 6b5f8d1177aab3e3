/*
 * config - one table of options with their defaults, and one check of what
 * came out of command line and file together.
 */
#include "checkpoint-agent/config.h"

#include "checkpoint-agent/configfile.h"
#include "checkpoint-agent/output.h"
#include "checkpoint-agent/predump.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HOSTNAME_BYTES 254

static struct config config = {
	.file = "",
	.address = "0.0.0.0",
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
	.job = {.criu = "criu",
		.host_root = "",
		.cri_endpoint = "",
		.compress = "none",
		.default_timeout_ms = 120000,
		.keep = 10},
};

/* Each option has a flag of its own: the file leaves alone what was given. */
#define FLAG (&(bool){false})

const struct args_option config_options[] = {
	{"config", 0, ARGS_TEXT, &config.file, "FILE",
		"read options from a KubeletConfiguration-"
		"style YAML file",
		0, 0, NULL},
	{"address", 0, ARGS_TEXT, &config.address, "IP",
		"address to serve on, :: for both families", 0, 0, FLAG},
	{"port", 0, ARGS_NUMBER, &config.port, "N", "port to serve on", 1,
		65535, FLAG},
	{"healthz-port", 0, ARGS_NUMBER, &config.healthz_port, "N",
		"port of /healthz, /livez and /readyz without TLS, 0: none", 0,
		65535, FLAG},
	{"healthz-bind-address", 0, ARGS_TEXT, &config.healthz_address, "IP",
		"address of that port", 0, 0, FLAG},
	{"tls-cert-file", 0, ARGS_TEXT, &config.cert_file, "FILE",
		"serving certificate, with its chain", 0, 0, FLAG},
	{"tls-private-key-file", 0, ARGS_TEXT, &config.key_file, "FILE",
		"its key", 0, 0, FLAG},
	{"tls-min-version", 0, ARGS_TEXT, &config.tls_min_version, "VERSION",
		"VersionTLS12 or VersionTLS13", 0, 0, FLAG},
	{"tls-cipher-suites", 0, ARGS_LIST, &config.tls_suites, "NAME,...",
		"take these of TLS 1.2 only, by IANA's names", 0, 0, FLAG},
	{"cert-dir", 0, ARGS_TEXT, &config.cert_dir, "DIR",
		"where a self-signed certificate is kept when "
		"none is given",
		0, 0, FLAG},
	{"client-ca-file", 0, ARGS_TEXT, &config.client_ca_file, "FILE",
		"clients whose certificate one of these has "
		"signed are whom it names",
		0, 0, FLAG},
	{"anonymous-auth", 0, ARGS_SWITCH, &config.takes_anonymous, "",
		"requests without credentials are "
		"system:anonymous",
		0, 0, FLAG},
	{"authorization-mode", 0, ARGS_TEXT, &config.authorization, "MODE",
		"Groups (members of the allowed groups), Webhook (the "
		"API server is asked) or AlwaysAllow (everybody known); "
		"default Groups",
		0, 0, FLAG},
	{"authorization-group", 0, ARGS_LIST, &config.groups, "NAME",
		"a group allowed by mode Groups; default "
		"system:masters and kubeadm:cluster-admins",
		0, 0, FLAG},
	{"kubeconfig", 0, ARGS_TEXT, &config.kubeconfig, "FILE",
		"how to reach the API server; default what a pod has", 0, 0,
		FLAG},
	{"hostname-override", 0, ARGS_TEXT, &config.hostname, "NAME",
		"this node's name in questions to the API server", 0, 0, FLAG},
	{"authentication-token-webhook", 0, ARGS_SWITCH, &config.takes_tokens,
		"", "take bearer tokens that the API server knows", 0, 0, FLAG},
	{"authentication-token-webhook-cache-ttl", 0, ARGS_TIME,
		&config.token_ttl_ms, "TIME", "how long its word is believed",
		0, 86400000, FLAG},
	{"authorization-webhook-cache-authorized-ttl", 0, ARGS_TIME,
		&config.authorized_ttl_ms, "TIME", "the same for a yes", 0,
		86400000, FLAG},
	{"authorization-webhook-cache-unauthorized-ttl", 0, ARGS_TIME,
		&config.unauthorized_ttl_ms, "TIME", "the same for a no", 0,
		86400000, FLAG},
	{"feature-gates", 0, ARGS_TEXT, &config.feature_gates, "A=true,...",
		"ContainerCheckpoint (true), PodCheckpoint "
		"(false)",
		0, 0, FLAG},
	{"enable-archive-access", 0, ARGS_SWITCH, &config.features.has_archives,
		"", "serve GET, HEAD and DELETE below /checkpoints", 0, 0,
		FLAG},
	{"root-dir", 0, ARGS_TEXT, &config.root_dir, "DIR",
		"archives are written to DIR/checkpoints", 0, 0, FLAG},
	{"container-runtime-endpoint", 0, ARGS_TEXT, &config.job.cri_endpoint,
		"unix://SOCKET",
		"CRI socket; without it the usual ones are "
		"tried",
		0, 0, FLAG},
	{"runtime-root", 0, ARGS_LIST, &config.job.runtime_roots, "DIR",
		"state directory of runc or crun; default the "
		"usual ones",
		0, 0, FLAG},
	{"runtime-request-timeout", 0, ARGS_TIME,
		&config.job.default_timeout_ms, "TIME",
		"limit for requests that name none", 1000, 86400000, FLAG},
	{"criu", 0, ARGS_TEXT, &config.job.criu, "PROGRAM",
		"CRIU, by path or looked up in PATH", 0, 0, FLAG},
	{"compress", 0, ARGS_TEXT, &config.job.compress, "HOW",
		"none, gzip or zstd", 0, 0, FLAG},
	{"encrypt-to", 0, ARGS_LIST, &config.job.recipients, "age1...",
		"encrypt archives to this public key", 0, 0, FLAG},
	{"close-tcp", 0, ARGS_SWITCH, &config.job.close_tcp, "",
		"close established connections in the archive "
		"instead of keeping them",
		0, 0, FLAG},
	{"pre-dump", 0, ARGS_SWITCH, &config.job.has_predump, "",
		"copy memory once while the container runs, then what was "
		"written since",
		0, 0, FLAG},
	{"keep", 0, ARGS_NUMBER, &config.job.keep, "N",
		"archives kept for a container, 0: all", 0, 1000000, FLAG},
	{"keep-namespace", 0, ARGS_NUMBER, &config.job.keep_namespace, "N",
		"archives kept for a namespace, 0: all", 0, 1000000, FLAG},
	{"max-bytes", 0, ARGS_SIZE, &config.job.max_bytes, "SIZE",
		"bytes of all archives together, 0: no limit", 0, 0, FLAG},
	{"min-free", 0, ARGS_SIZE, &config.job.min_free_bytes, "SIZE",
		"bytes to leave free on the disk", 0, 0, FLAG},
	{"max-age", 0, ARGS_TIME, &config.job.max_age_ms, "TIME",
		"remove archives older than this, 0: none", 0, 0, FLAG},
	{"manifest", 0, ARGS_SWITCH, &config.job.has_manifest, "",
		"put the SHA-256 of each member into the archive, "
		"and its own beside it",
		0, 0, FLAG},
	{"host-root", 0, ARGS_TEXT, &config.job.host_root, "DIR",
		"where the node's root is seen, such as /proc/1/root or "
		"/host in a container",
		0, 0, FLAG},
	{NULL, 0, ARGS_SWITCH, NULL, NULL, NULL, 0, 0, NULL},
};

/* --- feature gates ------------------------------------------------- */

bool *config_gate(struct str name)
{
	if (str_is(name, "ContainerCheckpoint"))
		return &config.features.has_checkpoint;
	if (str_is(name, "PodCheckpoint"))
		return &config.features.has_pods;
	return NULL;
}

static int take_gates(struct str text, struct err *e)
{
	struct str part, name;

	while (text.n > 0 && str_cut(&text, ',', &part)) {
		struct str all = part;
		bool *gate;

		str_cut(&part, '=', &name);
		gate = config_gate(name);
		if (gate == NULL ||
			(!str_is(part, "true") && !str_is(part, "false")))
			return err_kind(e, ERR_USAGE,
				"--feature-gates %.*s: "
				"ContainerCheckpoint or PodCheckpoint "
				"= true or false expected",
				STR_ARG(all));
		*gate = str_is(part, "true");
	}
	return 0;
}

/* --- all of it ----------------------------------------------------- */

static int check_authorization(struct err *e)
{
	if (config.authorization[0] == '\0')
		config.authorization = "Groups";
	if (authz_mode_of(config.authorization, &config.mode) < 0)
		return err_kind(e, ERR_USAGE,
			"--authorization-mode %s: Groups, Webhook or "
			"AlwaysAllow expected",
			config.authorization);
	if (config.groups.n == 0)
		config.groups = (struct args_list){
			.item = {"system:masters", "kubeadm:cluster-admins"},
			.n = 2};
	return 0;
}

/* As the kubelet makes it: lower case, without blanks around it. */
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

/* What the kubelet has before TLS 1.2 is not spoken here. */
static int check_tls(struct err *e)
{
	const struct tls_server_options o = {.suites = &config.tls_suites};
	struct str version = str_of(config.tls_min_version);

	if ((config.cert_file[0] == '\0') != (config.key_file[0] == '\0'))
		return err_kind(e, ERR_USAGE,
			"--tls-cert-file and --tls-private-key-file "
			"go together");
	config.is_tls13_only = str_is(version, "VersionTLS13");
	if (!config.is_tls13_only && !str_is(version, "VersionTLS12"))
		return err_kind(e, ERR_USAGE,
			"--tls-min-version %s: VersionTLS12 or VersionTLS13 "
			"expected",
			config.tls_min_version);
	if (tls_mbed_check(&o, e) < 0)
		return err_at(e, "--tls-cipher-suites");
	return 0;
}

static int check(struct err *e)
{
	const struct output_form form = {
		.compress = config.job.compress,
		.recipients = &config.job.recipients,
	};
	int n = snprintf(config.dir, sizeof(config.dir), "%s/checkpoints",
		config.root_dir);

	if (n < 0 || (size_t)n >= sizeof(config.dir))
		return err_kind(e, ERR_USAGE, "--root-dir: path is too long");
	config.job.dir = config.dir;
	if (check_tls(e) < 0)
		return -1;
	if (config.job.has_predump && predump_check(e) < 0)
		return -1;
	if (output_check(&form, e) < 0)
		return -1;
	find_hostname();
	return check_authorization(e);
}

int config_finish(struct err *e)
{
	if (config.file[0] != '\0' && configfile_read(config.file, e) < 0) {
		if (e != NULL)
			e->kind = ERR_USAGE;
		return -1;
	}
	if (take_gates(str_of(config.feature_gates), e) < 0)
		return -1;
	return check(e);
}

bool config_needs_api(const struct config *c)
{
	return c->takes_tokens || c->mode == AUTHZ_WEBHOOK;
}

const struct config *config_get(void)
{
	return &config;
}
