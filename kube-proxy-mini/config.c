/*
 * config: see config.h.  Each flag is read by a small function that says what
 * it expected; config_make() puts the flag's name in front.
 */
#include "kube-proxy-mini/config.h"
#include "kube-proxy-mini/address.h"

#include <string.h>
#include <unistd.h>

static int usage(struct err *e, const char *why)
{
	return err_kind(e, ERR_USAGE, "%s", why);
}

/* ------------------------------------------------------------------ values */

int config_parse_bind(
	struct str text, uint16_t default_port, struct config_bind *out)
{
	size_t end = text.n;
	struct str host = text, port = {NULL, 0};
	uint64_t number = default_port;

	*out = (struct config_bind){0};
	if (text.n == 0)
		return 0;
	if (text.p[0] == '[') {
		end = str_find(text, ']');
		host = str_sub(text, 1, end - 1);
		port = str_sub(text, end + 1, text.n);
	} else if (address_parse(text, &out->ip) < 0) {
		end = str_find(text, ':');
		host = str_sub(text, 0, end);
		port = str_sub(text, end, text.n);
	}
	if (end == text.n && port.n == 0 && text.p[0] == '[')
		return -1;
	if (address_parse(host, &out->ip) < 0)
		return -1;
	if (port.n > 0 &&
		(port.p[0] != ':' || str_u64(str_sub(port, 1, port.n), 1,
					     UINT16_MAX, &number) < 0))
		return -1;
	out->port = (uint16_t)number;
	return 0;
}

/* Comma-separated prefixes, appended to list[n]. 0 or -1 (ERR_USAGE). */
static int parse_nets(
	struct str text, struct model_net *list, size_t *n, struct err *e)
{
	struct str part;

	while (str_cut(&text, ',', &part)) {
		part = str_trim(part);
		if (part.n == 0)
			continue;
		if (*n == ENV_NETS_MAX)
			return err_kind(e, ERR_USAGE, "more than %d prefixes",
				ENV_NETS_MAX);
		if (address_parse_net(part, &list[*n]) < 0)
			return err_kind(e, ERR_USAGE, "\"%.*s\" is no prefix",
				STR_ARG(str_sub(part, 0, 64)));
		(*n)++;
	}
	return 0;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* The node's name: as told, else the host's, in lower case. */
static int set_node_name(const char *override, struct env *env, struct err *e)
{
	char host[ENV_NAME_BYTES] = "";
	struct str name = str_of(override);

	if (name.n == 0) {
		if (gethostname(host, sizeof(host) - 1) < 0)
			return err_sys(e, "ask for the host's name");
		name = str_of(host);
	}
	name = str_trim(name);
	if (name.n == 0 ||
		str_copy(name, env->node_name, sizeof(env->node_name)) < 0)
		return usage(e, "no usable node name");
	for (char *c = env->node_name; *c != '\0'; c++)
		*c = lower(*c);
	return 0;
}

static int set_mode(const char *mode, struct err *e)
{
	if (mode == NULL || mode[0] == '\0' || strcmp(mode, "nftables") == 0)
		return 0;
	return err_kind(
		e, ERR_USAGE, "\"%s\" is not supported: only nftables", mode);
}

static int set_interface(const char *name, struct env *env, struct err *e)
{
	if (name == NULL || name[0] == '\0')
		return usage(e, "the interface is missing");
	if (str_copy(str_of(name), env->iface, sizeof(env->iface)) < 0)
		return usage(e, "the interface's name is too long");
	return 0;
}

/* How packets of this node's pods are known. */
static int set_detection(
	const struct config_flags *f, struct config *c, struct err *e)
{
	const char *mode = f->detect_local_mode;
	struct env *env = &c->env;

	if (mode == NULL || mode[0] == '\0' ||
		strcmp(mode, "ClusterCIDR") == 0) {
		env->detect =
			env->n_pod_nets > 0 ? ENV_DETECT_NETS : ENV_DETECT_NONE;
		return 0;
	}
	c->uses_pod_nets = strcmp(mode, "NodeCIDR") == 0;
	if (c->uses_pod_nets) {
		env->n_pod_nets = 0;
		return 0;
	}
	if (strcmp(mode, "BridgeInterface") == 0) {
		env->detect = ENV_DETECT_BRIDGE;
		return set_interface(f->bridge_interface, env, e);
	}
	if (strcmp(mode, "InterfaceNamePrefix") == 0) {
		env->detect = ENV_DETECT_PREFIX;
		return set_interface(f->interface_prefix, env, e);
	}
	return err_kind(e, ERR_USAGE, "\"%s\" is not supported", mode);
}

static int set_cluster_nets(
	const struct config_flags *f, struct env *env, struct err *e)
{
	for (size_t i = 0; i < f->cluster_cidr.n; i++)
		if (parse_nets(str_of(f->cluster_cidr.item[i]), env->pod_nets,
			    &env->n_pod_nets, e) < 0)
			return -1;
	return 0;
}

/* Prefixes of the node's addresses, or "primary" (the default). */
static int set_nodeport_nets(
	const struct config_flags *f, struct config *c, struct err *e)
{
	for (size_t i = 0; i < f->nodeport_addresses.n; i++) {
		struct str text = str_of(f->nodeport_addresses.item[i]);

		if (str_is(text, "primary") && f->nodeport_addresses.n == 1)
			continue;
		if (parse_nets(text, c->nodeport_nets, &c->n_nodeport_nets, e) <
			0)
			return -1;
	}
	c->nodeport_primary = c->n_nodeport_nets == 0;
	return 0;
}

/* ------------------------------------------------------------------ wholes */

struct config_flags config_defaults(void)
{
	return (struct config_flags){
		.healthz_bind = "0.0.0.0:10256",
		.metrics_bind = "127.0.0.1:10249",
		.conntrack =
			{
				.max_per_core = 32768,
				.min = 131072,
				.tcp_established_ms = 24 * 3600 * 1000,
				.tcp_close_wait_ms = 3600 * 1000,
			},
	};
}

int config_make(const struct config_flags *f, struct config *out, struct err *e)
{
	*out = (struct config){
		.kubeconfig = f->kubeconfig,
		.master = f->master,
		.env = env_default(),
		.min_sync_ms = f->min_sync_ms,
		.conntrack = f->conntrack,
	};
	out->env.masquerade_all = f->masquerade_all;
	if (set_mode(f->proxy_mode, e) < 0)
		return err_at(e, "--proxy-mode");
	if (set_node_name(f->hostname_override, &out->env, e) < 0)
		return err_at(e, "--hostname-override");
	if (set_cluster_nets(f, &out->env, e) < 0)
		return err_at(e, "--cluster-cidr");
	if (set_detection(f, out, e) < 0)
		return err_at(e, "--detect-local-mode");
	if (set_nodeport_nets(f, out, e) < 0)
		return err_at(e, "--nodeport-addresses");
	if (config_parse_bind(str_of(f->healthz_bind), CONFIG_HEALTHZ_PORT,
		    &out->healthz) < 0)
		return err_kind(e, ERR_USAGE,
			"--healthz-bind-address: \"%s\" is no address",
			f->healthz_bind);
	if (config_parse_bind(str_of(f->metrics_bind), CONFIG_METRICS_PORT,
		    &out->metrics) < 0)
		return err_kind(e, ERR_USAGE,
			"--metrics-bind-address: \"%s\" is no address",
			f->metrics_bind);
	return 0;
}
