/*
 * config - turns flags, which are texts, into values.  Each flag has a small
 * function that says what it expected; config_make() adds the flag's name.
 */
#include "kube-proxy-mini/config/config.h"

#include "kube-proxy-mini/model/address.h"

#include <stdio.h>
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
			return err_kind(e, ERR_USAGE,
				"\"%.*s\" is not a prefix (like 10.0.0.0/8)",
				STR_ARG(str_sub(part, 0, 64)));
		(*n)++;
	}
	return 0;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* The node's name: as given, or the host's; in lower case. */
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
		return usage(e, "not a usable node name");
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

/* How packets from pods of this node are recognized. */
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

/* A word that stands for prefixes; NULL: it stands for itself. */
static const char *nodeport_nets_of(struct str word)
{
	if (str_is(word, "localhost"))
		return "127.0.0.0/8,::1/128";
	return str_is(word, "all") ? "0.0.0.0/0,::/0" : NULL;
}

/* One entry, which may hold several words by commas. */
static int add_nodeport_words(struct str text, struct config *c, struct err *e)
{
	const char *nets;
	struct str word;

	while (str_cut(&text, ',', &word)) {
		word = str_trim(word);
		if (str_is(word, "primary")) {
			c->nodeport_primary = true;
			continue;
		}
		nets = nodeport_nets_of(word);
		if (parse_nets(nets ? str_of(nets) : word, c->nodeport_nets,
			    &c->n_nodeport_nets, e) < 0)
			return -1;
	}
	return 0;
}

/* Prefixes of the node's addresses and words; "primary" is the default. */
static int set_nodeport_nets(
	const struct config_flags *f, struct config *c, struct err *e)
{
	for (size_t i = 0; i < f->nodeport_addresses.n; i++)
		if (add_nodeport_words(
			    str_of(f->nodeport_addresses.item[i]), c, e) < 0)
			return -1;
	if (c->n_nodeport_nets == 0)
		c->nodeport_primary = true;
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

/* Put in front of e who gave the value: the file, or else this flag. */
static int blame(const struct config_flags *f, const char *text,
	const char *flag, struct err *e)
{
	for (size_t i = 0; text != NULL && i < f->n_origins; i++) {
		const struct config_origin *o = &f->origins[i];

		if (o->text == text)
			return err_at(e, "%s: line %u: %s",
				f->file != NULL ? f->file : "--config",
				(unsigned int)o->line, o->field);
	}
	return err_at(e, "%s", flag);
}

static const char *first_of(const struct args_list *list)
{
	return list->n > 0 ? list->item[0] : NULL;
}

static int refuse_bind(const struct config_flags *f, const char *text,
	const char *flag, struct err *e)
{
	err_kind(e, ERR_USAGE, "\"%s\" is not IP:PORT", text);
	return blame(f, text, flag, e);
}

static int set_own_ip(
	const struct config_flags *f, struct config *c, struct err *e)
{
	static const uint8_t none[16];
	struct str text = str_of(f->bind_address);

	if (text.n == 0)
		return 0;
	if (address_parse(text, &c->own_ip) < 0)
		return err_kind(
			e, ERR_USAGE, "\"%s\" is not an IP", f->bind_address);
	c->has_own_ip = memcmp(c->own_ip.b, none, sizeof(none)) != 0;
	return 0;
}

const char *config_bind_text(
	const struct config_bind *bind, char room[CONFIG_BIND_BYTES])
{
	char text[ADDRESS_TEXT_BYTES];
	bool has_colons = bind->ip.family == MODEL_V6;

	room[0] = '\0';
	if (bind->port != 0)
		snprintf(room, CONFIG_BIND_BYTES, "%s%s%s:%u",
			has_colons ? "[" : "", address_text(&bind->ip, text),
			has_colons ? "]" : "", (unsigned int)bind->port);
	return room;
}

int config_make(const struct config_flags *f, struct config *out, struct err *e)
{
	*out = (struct config){
		.flags = f,
		.kubeconfig = f->kubeconfig,
		.master = f->master,
		.env = env_default(),
		.min_sync_ms = f->min_sync_ms,
		.conntrack = f->conntrack,
	};
	out->env.masquerade_all = f->masquerade_all;
	if (set_mode(f->proxy_mode, e) < 0)
		return blame(f, f->proxy_mode, "--proxy-mode", e);
	if (set_node_name(f->hostname_override, &out->env, e) < 0)
		return blame(f, f->hostname_override, "--hostname-override", e);
	if (set_cluster_nets(f, &out->env, e) < 0)
		return blame(
			f, first_of(&f->cluster_cidr), "--cluster-cidr", e);
	if (set_detection(f, out, e) < 0)
		return blame(f, f->detect_local_mode, "--detect-local-mode", e);
	if (set_own_ip(f, out, e) < 0)
		return blame(f, f->bind_address, "--bind-address", e);
	if (set_nodeport_nets(f, out, e) < 0)
		return blame(f, first_of(&f->nodeport_addresses),
			"--nodeport-addresses", e);
	if (config_parse_bind(str_of(f->healthz_bind), CONFIG_HEALTHZ_PORT,
		    &out->healthz) < 0)
		return refuse_bind(
			f, f->healthz_bind, "--healthz-bind-address", e);
	if (config_parse_bind(str_of(f->metrics_bind), CONFIG_METRICS_PORT,
		    &out->metrics) < 0)
		return refuse_bind(
			f, f->metrics_bind, "--metrics-bind-address", e);
	return 0;
}
