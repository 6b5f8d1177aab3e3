/*
 * config - one table of options, one table of file fields, one check.
 *
 * A field of the file has the kubelet's name and sets the option of the same
 * meaning; what is ours stands below "checkpointAgent".  Fields of the
 * kubelet that mean nothing here are named in a warning and left alone, so
 * that a node's own file can be given.
 */
#include "checkpoint-agent/config.h"

#include "lib/base/fd.h"
#include "lib/base/log.h"
#include "lib/base/yaml.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FILE_BYTES_MAX  (1u << 20)
#define ARENA_BYTES_MAX (8u << 20)
#define HOSTNAME_BYTES  254

static struct config config = {
	.file = "",
	.address = "0.0.0.0",
	.port = 10350,
	.healthz_address = "127.0.0.1",
	.cert_file = "",
	.key_file = "",
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

/* Which options the command line gave: the file leaves those alone. */
static bool given[40];

const struct args_option config_options[] = {
	{"config", 0, ARGS_TEXT, &config.file, "FILE",
		"read options from a KubeletConfiguration-"
		"style YAML file",
		0, 0, NULL},
	{"address", 0, ARGS_TEXT, &config.address, "IP",
		"address to serve on, :: for both families", 0, 0, &given[0]},
	{"port", 0, ARGS_NUMBER, &config.port, "N", "port to serve on", 1,
		65535, &given[1]},
	{"healthz-port", 0, ARGS_NUMBER, &config.healthz_port, "N",
		"port of /healthz, /livez and /readyz without TLS, 0: none", 0,
		65535, &given[31]},
	{"healthz-bind-address", 0, ARGS_TEXT, &config.healthz_address, "IP",
		"address of that port", 0, 0, &given[32]},
	{"tls-cert-file", 0, ARGS_TEXT, &config.cert_file, "FILE",
		"serving certificate, with its chain", 0, 0, &given[2]},
	{"tls-private-key-file", 0, ARGS_TEXT, &config.key_file, "FILE",
		"its key", 0, 0, &given[3]},
	{"cert-dir", 0, ARGS_TEXT, &config.cert_dir, "DIR",
		"where a self-signed certificate is kept when "
		"none is given",
		0, 0, &given[4]},
	{"client-ca-file", 0, ARGS_TEXT, &config.client_ca_file, "FILE",
		"clients whose certificate one of these has "
		"signed are whom it names",
		0, 0, &given[5]},
	{"anonymous-auth", 0, ARGS_SWITCH, &config.takes_anonymous, "",
		"requests without credentials are "
		"system:anonymous",
		0, 0, &given[6]},
	{"authorization-mode", 0, ARGS_TEXT, &config.authorization, "MODE",
		"Groups (members of the allowed groups), Webhook (the "
		"API server is asked) or AlwaysAllow (everybody known); "
		"default Groups",
		0, 0, &given[7]},
	{"authorization-group", 0, ARGS_LIST, &config.groups, "NAME",
		"a group allowed by mode Groups; default "
		"system:masters and kubeadm:cluster-admins",
		0, 0, &given[8]},
	{"kubeconfig", 0, ARGS_TEXT, &config.kubeconfig, "FILE",
		"how to reach the API server; default what a pod has", 0, 0,
		&given[25]},
	{"hostname-override", 0, ARGS_TEXT, &config.hostname, "NAME",
		"this node's name in questions to the API server", 0, 0,
		&given[26]},
	{"authentication-token-webhook", 0, ARGS_SWITCH, &config.takes_tokens,
		"", "take bearer tokens that the API server knows", 0, 0,
		&given[27]},
	{"authentication-token-webhook-cache-ttl", 0, ARGS_TIME,
		&config.token_ttl_ms, "TIME", "how long its word is believed",
		0, 86400000, &given[28]},
	{"authorization-webhook-cache-authorized-ttl", 0, ARGS_TIME,
		&config.authorized_ttl_ms, "TIME", "the same for a yes", 0,
		86400000, &given[29]},
	{"authorization-webhook-cache-unauthorized-ttl", 0, ARGS_TIME,
		&config.unauthorized_ttl_ms, "TIME", "the same for a no", 0,
		86400000, &given[30]},
	{"feature-gates", 0, ARGS_TEXT, &config.feature_gates, "A=true,...",
		"ContainerCheckpoint (true), PodCheckpoint "
		"(false)",
		0, 0, &given[9]},
	{"enable-archive-access", 0, ARGS_SWITCH, &config.features.has_archives,
		"", "serve GET and DELETE below /checkpoints", 0, 0,
		&given[10]},
	{"root-dir", 0, ARGS_TEXT, &config.root_dir, "DIR",
		"archives are written to DIR/checkpoints", 0, 0, &given[11]},
	{"container-runtime-endpoint", 0, ARGS_TEXT, &config.job.cri_endpoint,
		"unix://SOCKET",
		"CRI socket; without it the usual ones are "
		"tried",
		0, 0, &given[12]},
	{"runtime-root", 0, ARGS_LIST, &config.job.runtime_roots, "DIR",
		"state directory of runc or crun; default the "
		"usual ones",
		0, 0, &given[13]},
	{"runtime-request-timeout", 0, ARGS_TIME,
		&config.job.default_timeout_ms, "TIME",
		"limit for requests that name none", 1000, 86400000,
		&given[14]},
	{"criu", 0, ARGS_TEXT, &config.job.criu, "PROGRAM",
		"CRIU, by path or looked up in PATH", 0, 0, &given[15]},
	{"compress", 0, ARGS_TEXT, &config.job.compress, "HOW",
		"none, gzip or zstd", 0, 0, &given[16]},
	{"encrypt-to", 0, ARGS_LIST, &config.job.recipients, "age1...",
		"encrypt archives to this public key", 0, 0, &given[17]},
	{"close-tcp", 0, ARGS_SWITCH, &config.job.close_tcp, "",
		"close established connections in the archive "
		"instead of keeping them",
		0, 0, &given[18]},
	{"keep", 0, ARGS_NUMBER, &config.job.keep, "N",
		"archives kept for a container, 0: all", 0, 1000000,
		&given[19]},
	{"keep-namespace", 0, ARGS_NUMBER, &config.job.keep_namespace, "N",
		"archives kept for a namespace, 0: all", 0, 1000000,
		&given[20]},
	{"max-bytes", 0, ARGS_SIZE, &config.job.max_bytes, "SIZE",
		"bytes of all archives together, 0: no limit", 0, 0,
		&given[21]},
	{"min-free", 0, ARGS_SIZE, &config.job.min_free_bytes, "SIZE",
		"bytes to leave free on the disk", 0, 0, &given[22]},
	{"max-age", 0, ARGS_TIME, &config.job.max_age_ms, "TIME",
		"remove archives older than this, 0: none", 0, 0, &given[23]},
	{"manifest", 0, ARGS_SWITCH, &config.job.has_manifest, "",
		"put the SHA-256 of each member into the archive", 0, 0,
		&given[33]},
	{"host-root", 0, ARGS_TEXT, &config.job.host_root, "DIR",
		"where the node's root is seen, such as /proc/1/root or "
		"/host in a container",
		0, 0, &given[24]},
	{NULL, 0, ARGS_SWITCH, NULL, NULL, NULL, 0, 0, NULL},
};

/* --- the file ------------------------------------------------------ */

static const struct {
	const char *key[3]; /* ended by NULL */
	const char *option;
} fields[] = {
	{{"address"}, "address"},
	{{"port"}, "port"},
	{{"healthzPort"}, "healthz-port"},
	{{"healthzBindAddress"}, "healthz-bind-address"},
	{{"tlsCertFile"}, "tls-cert-file"},
	{{"tlsPrivateKeyFile"}, "tls-private-key-file"},
	{{"authentication", "x509", "clientCAFile"}, "client-ca-file"},
	{{"authentication", "anonymous", "enabled"}, "anonymous-auth"},
	{{"authorization", "mode"}, "authorization-mode"},
	{{"authentication", "webhook", "enabled"},
		"authentication-token-webhook"},
	{{"authentication", "webhook", "cacheTTL"},
		"authentication-token-webhook-cache-ttl"},
	{{"authorization", "webhook", "cacheAuthorizedTTL"},
		"authorization-webhook-cache-authorized-ttl"},
	{{"authorization", "webhook", "cacheUnauthorizedTTL"},
		"authorization-webhook-cache-unauthorized-ttl"},
	{{"checkpointAgent", "kubeconfig"}, "kubeconfig"},
	{{"checkpointAgent", "hostnameOverride"}, "hostname-override"},
	{{"containerRuntimeEndpoint"}, "container-runtime-endpoint"},
	{{"runtimeRequestTimeout"}, "runtime-request-timeout"},
	{{"checkpointAgent", "certDir"}, "cert-dir"},
	{{"checkpointAgent", "authorizationGroups"}, "authorization-group"},
	{{"checkpointAgent", "enableArchiveAccess"}, "enable-archive-access"},
	{{"checkpointAgent", "rootDir"}, "root-dir"},
	{{"checkpointAgent", "runtimeRoots"}, "runtime-root"},
	{{"checkpointAgent", "criu"}, "criu"},
	{{"checkpointAgent", "hostRoot"}, "host-root"},
	{{"checkpointAgent", "compress"}, "compress"},
	{{"checkpointAgent", "manifest"}, "manifest"},
	{{"checkpointAgent", "encryptTo"}, "encrypt-to"},
	{{"checkpointAgent", "closeTCP"}, "close-tcp"},
	{{"checkpointAgent", "keep"}, "keep"},
	{{"checkpointAgent", "keepNamespace"}, "keep-namespace"},
	{{"checkpointAgent", "maxBytes"}, "max-bytes"},
	{{"checkpointAgent", "minFree"}, "min-free"},
	{{"checkpointAgent", "maxAge"}, "max-age"},
};

/* Known to both, but not by way of an option. */
static const char *const other_fields[] = {"apiVersion", "kind", "featureGates",
	"authentication", "authorization", "checkpointAgent"};

static int wrong_field(const char *key, const struct node *n,
	const char *wanted, struct err *e)
{
	return err_kind(
		e, ERR_USAGE, "line %u: %s: %s expected", n->line, key, wanted);
}

static int set_list(const struct args_option *o, const struct node *n,
	const char *key, struct err *e)
{
	struct args_list *l = o->value;

	l->n = 0;
	for (const struct node *c = node_first(n); c; c = c->next) {
		if (c->type != NODE_TEXT || l->n == ARGS_LIST_MAX)
			return wrong_field(key, c, "a text", e);
		l->item[l->n++] = c->text.p; /* NUL follows: node.h */
	}
	return 0;
}

static int set_number(const struct args_option *o, const struct node *n,
	const char *key, struct err *e)
{
	uint64_t v = 0;
	int result = 0;

	if (n->type == NODE_INT && n->whole >= 0 && o->type != ARGS_TIME)
		v = (uint64_t)n->whole;
	else if (n->type == NODE_TEXT && o->type == ARGS_TIME)
		result = args_time(n->text, &v);
	else if (n->type == NODE_TEXT && o->type == ARGS_SIZE)
		result = args_size(n->text, &v);
	else
		result = -1;
	if (result < 0 || v < o->min || (o->max != 0 && v > o->max))
		return wrong_field(key, n,
			o->type == ARGS_TIME   ? "a time (like 2m0s)"
			: o->type == ARGS_SIZE ? "a size (like 10Gi)"
					       : "a number in range",
			e);
	*(uint64_t *)o->value = v;
	return 0;
}

static int set_option(const struct args_option *o, const struct node *n,
	const char *key, struct err *e)
{
	switch (o->type) {
	case ARGS_SWITCH:
		if (n->type != NODE_BOOL)
			return wrong_field(key, n, "true or false", e);
		*(bool *)o->value = n->truth;
		return 0;
	case ARGS_TEXT:
		if (n->type != NODE_TEXT)
			return wrong_field(key, n, "a text", e);
		*(const char **)o->value = n->text.p;
		return 0;
	case ARGS_LIST:
		if (n->type != NODE_LIST)
			return wrong_field(key, n, "a list", e);
		return set_list(o, n, key, e);
	case ARGS_NUMBER:
	case ARGS_SIZE:
	case ARGS_TIME:
		return set_number(o, n, key, e);
	}
	return 0;
}

static const struct args_option *option_of(const char *name)
{
	const struct args_option *o = config_options;

	while (strcmp(o->name, name) != 0)
		o++;
	return o;
}

static int take_fields(const struct node *top, struct err *e)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const char *const *key = fields[i].key;
		const struct args_option *o = option_of(fields[i].option);
		const struct node *n = node_get(top, key[0]);
		const char *last = key[0];

		for (size_t k = 1; k < 3 && key[k] != NULL; k++) {
			n = node_get(n, key[k]);
			last = key[k];
		}
		if (node_is_null(n) || (o->was_given && *o->was_given))
			continue;
		if (set_option(o, n, last, e) < 0)
			return -1;
	}
	return 0;
}

static bool is_known_field(struct str key)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (str_is(key, fields[i].key[0]))
			return true;
	for (size_t i = 0; i < sizeof(other_fields) / sizeof(char *); i++)
		if (str_is(key, other_fields[i]))
			return true;
	return false;
}

static bool is_known_own_field(struct str key)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strcmp(fields[i].key[0], "checkpointAgent") == 0 &&
			str_is(key, fields[i].key[1]))
			return true;
	return false;
}

/* Others' fields are passed over aloud; a wrong one of ours is refused. */
static int check_names(const struct node *top, struct err *e)
{
	const struct node *own = node_get(top, "checkpointAgent");

	for (const struct node *c = node_first(top); c; c = c->next)
		if (!is_known_field(c->key))
			log_event(LOG_INFO, "field means nothing here", "field",
				c->key.p, NULL);
	for (const struct node *c = node_first(own); c; c = c->next)
		if (!is_known_own_field(c->key))
			return err_kind(e, ERR_USAGE,
				"line %u: checkpointAgent.%s: unknown", c->line,
				c->key.p);
	return 0;
}

/* --- feature gates ------------------------------------------------- */

static bool *gate_named(struct str name)
{
	if (str_is(name, "ContainerCheckpoint"))
		return &config.features.has_checkpoint;
	if (str_is(name, "PodCheckpoint"))
		return &config.features.has_pods;
	return NULL;
}

static int take_gates_of_file(const struct node *gates, struct err *e)
{
	for (const struct node *c = node_first(gates); c; c = c->next) {
		bool *gate = gate_named(c->key);

		if (gate == NULL)
			continue; /* one of the kubelet's many others */
		if (c->type != NODE_BOOL)
			return wrong_field(c->key.p, c, "true or false", e);
		*gate = c->truth;
	}
	return 0;
}

static int take_gates(struct str text, struct err *e)
{
	struct str part, name;

	while (text.n > 0 && str_cut(&text, ',', &part)) {
		struct str all = part;
		bool *gate;

		str_cut(&part, '=', &name);
		gate = gate_named(name);
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

static int take_tree(const struct node *top, struct err *e)
{
	struct str kind = node_text(node_get(top, "kind"));

	if (top->type != NODE_MAP || !str_is(kind, "KubeletConfiguration"))
		return err_kind(
			e, ERR_USAGE, "kind: KubeletConfiguration expected");
	if (check_names(top, e) < 0 ||
		take_gates_of_file(node_get(top, "featureGates"), e) < 0)
		return -1;
	return take_fields(top, e);
}

/* Texts of the file live in this arena, which is never given back. */
static int read_config_file(const char *path, struct err *e)
{
	static struct arena arena;
	AUTO_BUF struct buf text = buf_growing(FILE_BYTES_MAX);
	const struct node *top;

	if (arena.max == 0)
		arena = arena_make(ARENA_BYTES_MAX);
	if (file_read(path, &text, e) < 0)
		return -1;
	if (yaml_parse(buf_view(&text), &arena, &top, e) < 0 ||
		take_tree(top, e) < 0)
		return err_at(e, "%s", path);
	return 0;
}

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

static int check(struct err *e)
{
	int n = snprintf(config.dir, sizeof(config.dir), "%s/checkpoints",
		config.root_dir);

	if (n < 0 || (size_t)n >= sizeof(config.dir))
		return err_kind(e, ERR_USAGE, "--root-dir: path is too long");
	config.job.dir = config.dir;
	if ((config.cert_file[0] == '\0') != (config.key_file[0] == '\0'))
		return err_kind(e, ERR_USAGE,
			"--tls-cert-file and --tls-private-key-file "
			"go together");
	if (strcmp(config.job.compress, "none") != 0 &&
		strcmp(config.job.compress, "gzip") != 0 &&
		strcmp(config.job.compress, "zstd") != 0)
		return err_kind(e, ERR_USAGE,
			"--compress %s: none, gzip or zstd expected",
			config.job.compress);
	find_hostname();
	return check_authorization(e);
}

int config_finish(struct err *e)
{
	if (config.file[0] != '\0' && read_config_file(config.file, e) < 0) {
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
