/*
 * configfile - two tables: which field sets which option, and which fields are
 * maps that hold such fields.
 *
 * The parsed tree is walked by these tables, without recursion; a field in
 * neither of them is unknown.
 */
#include "checkpoint-agent/config/configfile.h"

#include "lib/base/args_value.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"
#include "lib/base/yaml.h"

#include <stdio.h>
#include <string.h>

#define FILE_BYTES_MAX  (1u << 20)
#define ARENA_BYTES_MAX (8u << 20)
#define PATH_BYTES      256 /* of a field; longer ones are cut in messages */
#define API_VERSION     "kubelet.config.k8s.io/v1beta1"

/* Keys from the top, joined by dots. */
static const struct {
	const char *path;
	const char *option;
} fields[] = {
	{"address", "address"},
	{"port", "port"},
	{"healthzPort", "healthz-port"},
	{"healthzBindAddress", "healthz-bind-address"},
	{"tlsCertFile", "tls-cert-file"},
	{"tlsPrivateKeyFile", "tls-private-key-file"},
	{"tlsMinVersion", "tls-min-version"},
	{"tlsCipherSuites", "tls-cipher-suites"},
	{"authentication.x509.clientCAFile", "client-ca-file"},
	{"authentication.anonymous.enabled", "anonymous-auth"},
	{"authorization.mode", "authorization-mode"},
	{"authentication.webhook.enabled", "authentication-token-webhook"},
	{"authentication.webhook.cacheTTL",
		"authentication-token-webhook-cache-ttl"},
	{"authorization.webhook.cacheAuthorizedTTL",
		"authorization-webhook-cache-authorized-ttl"},
	{"authorization.webhook.cacheUnauthorizedTTL",
		"authorization-webhook-cache-unauthorized-ttl"},
	{"checkpointAgent.kubeconfig", "kubeconfig"},
	{"checkpointAgent.hostnameOverride", "hostname-override"},
	{"containerRuntimeEndpoint", "container-runtime-endpoint"},
	{"runtimeRequestTimeout", "runtime-request-timeout"},
	{"checkpointAgent.certDir", "cert-dir"},
	{"checkpointAgent.authorizationGroups", "authorization-group"},
	{"checkpointAgent.enableArchiveAccess", "enable-archive-access"},
	{"checkpointAgent.rootDir", "root-dir"},
	{"checkpointAgent.runtimeRoots", "runtime-root"},
	{"checkpointAgent.criu", "criu"},
	{"checkpointAgent.hostRoot", "host-root"},
	{"checkpointAgent.compress", "compress"},
	{"checkpointAgent.manifest", "manifest"},
	{"checkpointAgent.encryptTo", "encrypt-to"},
	{"checkpointAgent.closeTCP", "close-tcp"},
	{"checkpointAgent.preDump", "pre-dump"},
	{"checkpointAgent.keep", "keep"},
	{"checkpointAgent.keepNamespace", "keep-namespace"},
	{"checkpointAgent.maxBytes", "max-bytes"},
	{"checkpointAgent.minFree", "min-free"},
	{"checkpointAgent.maxAge", "max-age"},
};

static const char *const maps[] = {"", "authentication", "authentication.x509",
	"authentication.anonymous", "authentication.webhook", "authorization",
	"authorization.webhook", "checkpointAgent"};

/* Read, but not through an option. */
static const char *const others[] = {"apiVersion", "kind", "featureGates"};

#define OWN "checkpointAgent."

/* --- values -------------------------------------------------------- */

static int wrong_field(const char *key, const struct node *n,
	const char *wanted, struct err *e)
{
	return err_kind(
		e, ERR_USAGE, "line %u: %s: expected %s", n->line, key, wanted);
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

static const struct args_option *option_of(
	const struct configfile *f, const char *name)
{
	const struct args_option *o = f->options;

	while (strcmp(o->name, name) != 0)
		o++;
	return o;
}

/* --- fields -------------------------------------------------------- */

/* NULL when the file does not have the field. */
static const struct node *node_at(const struct node *top, const char *path)
{
	struct str rest = str_of(path), key;
	const struct node *n = top;
	char text[PATH_BYTES];

	while (rest.n > 0 && str_cut(&rest, '.', &key))
		n = str_copy(key, text, sizeof(text)) == 0 ? node_get(n, text)
							   : NULL;
	return n;
}

static int take_fields(
	const struct configfile *f, const struct node *top, struct err *e)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const struct args_option *o = option_of(f, fields[i].option);
		const struct node *n = node_at(top, fields[i].path);

		if (node_is_null(n) || *o->was_given)
			continue;
		if (set_option(o, n, fields[i].path, e) < 0)
			return -1;
	}
	return 0;
}

static bool is_known(const char *path)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strcmp(path, fields[i].path) == 0)
			return true;
	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++)
		if (strcmp(path, maps[i]) == 0)
			return true;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(path, others[i]) == 0)
			return true;
	return false;
}

/* Unknown fields: warn about one of the kubelet, refuse one of ours. */
static int check_map(const char *path, const struct node *map, struct err *e)
{
	char name[PATH_BYTES];

	for (const struct node *c = node_first(map); c; c = c->next) {
		snprintf(name, sizeof(name), "%s%s%s", path,
			path[0] != '\0' ? "." : "", c->key.p);
		if (is_known(name))
			continue;
		if (str_has_prefix(str_of(name), STR(OWN)))
			return err_kind(e, ERR_USAGE,
				"line %u: %s: unknown field", c->line, name);
		log_event(LOG_WARN, "field is not used by the agent", "field",
			name, NULL);
	}
	return 0;
}

static int check_names(const struct node *top, struct err *e)
{
	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
		const struct node *n = node_at(top, maps[i]);

		if (node_is_null(n))
			continue;
		if (n->type != NODE_MAP)
			return wrong_field(maps[i], n, "a map", e);
		if (check_map(maps[i], n, e) < 0)
			return -1;
	}
	return 0;
}

/* --- the file ------------------------------------------------------ */

static int take_gates(
	const struct configfile *f, const struct node *gates, struct err *e)
{
	for (const struct node *c = node_first(gates); c; c = c->next) {
		bool *gate = f->find_gate(c->key);

		if (gate == NULL)
			log_event(LOG_WARN,
				"feature gate is not used by the agent", "gate",
				c->key.p, NULL);
		else if (c->type != NODE_BOOL)
			return wrong_field(c->key.p, c, "true or false", e);
		else
			*gate = c->truth;
	}
	return 0;
}

static int take_tree(
	const struct configfile *f, const struct node *top, struct err *e)
{
	struct str kind = node_text(node_get(top, "kind"));
	const struct node *api = node_get(top, "apiVersion");

	if (top->type != NODE_MAP || !str_is(kind, "KubeletConfiguration"))
		return err_kind(
			e, ERR_USAGE, "kind: expected KubeletConfiguration");
	if (!node_is_null(api) && !str_is(node_text(api), API_VERSION))
		return wrong_field("apiVersion", api, API_VERSION, e);
	if (check_names(top, e) < 0 ||
		take_gates(f, node_get(top, "featureGates"), e) < 0)
		return -1;
	return take_fields(f, top, e);
}

/* Options point to texts in this arena, so it is never freed. */
int configfile_read(const struct configfile *f, const char *path, struct err *e)
{
	static struct arena arena;
	AUTO_BUF struct buf text = buf_growing(FILE_BYTES_MAX);
	const struct node *top;

	if (arena.max == 0)
		arena = arena_make(ARENA_BYTES_MAX);
	if (file_read(path, &text, e) < 0)
		return -1;
	if (yaml_parse(buf_view(&text), &arena, &top, e) < 0 ||
		take_tree(f, top, e) < 0)
		return err_at(e, "%s", path);
	return 0;
}
