/*
 * configfile - walks the YAML tree and looks each field up in one table, which
 * says its kind and where its value goes.  Sections are one level deep; a
 * field within one is named "section.field".
 */
#include "kube-proxy-mini/config/configfile.h"

#include "lib/base/args_value.h"
#include "lib/base/yaml.h"

#include <string.h>

enum kind {
	KIND_VERSION, /* must be the one that we know */
	KIND_NAME,    /* likewise */
	KIND_TEXT,    /* const char * */
	KIND_BIND,    /* the same; an empty one leaves the default */
	KIND_LIST,    /* struct args_list, or one text */
	KIND_TRUTH,   /* bool */
	KIND_TIME,    /* uint64_t, milliseconds */
	KIND_COUNT,   /* uint64_t */
	KIND_SECTION, /* a map of more fields */
	KIND_WITHOUT, /* has no effect here: warned about when set */
};

struct entry {
	const char *name;
	enum kind kind;
	size_t at; /* offset within struct config_flags */
};

#define UNSET_DEPTH    8  /* deeper values count as set */
#define NAME_SHOWN_MAX 40 /* bytes of an unknown field, in a warning */
#define AT(member)     offsetof(struct config_flags, member)

static const struct entry entries[] = {
	{"apiVersion", KIND_VERSION, 0},
	{"kind", KIND_NAME, 0},
	{"clientConnection", KIND_SECTION, 0},
	{"clientConnection.kubeconfig", KIND_TEXT, AT(kubeconfig)},
	{"clientConnection.acceptContentTypes", KIND_WITHOUT, 0},
	{"clientConnection.contentType", KIND_WITHOUT, 0},
	{"clientConnection.qps", KIND_WITHOUT, 0},
	{"clientConnection.burst", KIND_WITHOUT, 0},
	{"hostnameOverride", KIND_TEXT, AT(hostname_override)},
	{"clusterCIDR", KIND_LIST, AT(cluster_cidr)},
	{"nodePortAddresses", KIND_LIST, AT(nodeport_addresses)},
	{"healthzBindAddress", KIND_BIND, AT(healthz_bind)},
	{"metricsBindAddress", KIND_BIND, AT(metrics_bind)},
	{"mode", KIND_TEXT, AT(proxy_mode)},
	{"detectLocalMode", KIND_TEXT, AT(detect_local_mode)},
	{"detectLocal", KIND_SECTION, 0},
	{"detectLocal.bridgeInterface", KIND_TEXT, AT(bridge_interface)},
	{"detectLocal.interfaceNamePrefix", KIND_TEXT, AT(interface_prefix)},
	{"nftables", KIND_SECTION, 0},
	{"nftables.masqueradeAll", KIND_TRUTH, AT(masquerade_all)},
	{"nftables.minSyncPeriod", KIND_TIME, AT(min_sync_ms)},
	{"nftables.masqueradeBit", KIND_WITHOUT, 0}, /* no mark is used */
	{"nftables.syncPeriod", KIND_WITHOUT, 0},    /* changes are watched */
	{"conntrack", KIND_SECTION, 0},
	{"conntrack.maxPerCore", KIND_COUNT, AT(conntrack.max_per_core)},
	{"conntrack.min", KIND_COUNT, AT(conntrack.min)},
	{"conntrack.tcpEstablishedTimeout", KIND_TIME,
		AT(conntrack.tcp_established_ms)},
	{"conntrack.tcpCloseWaitTimeout", KIND_TIME,
		AT(conntrack.tcp_close_wait_ms)},
	{"conntrack.tcpBeLiberal", KIND_TRUTH, AT(conntrack.is_liberal)},
	{"conntrack.udpTimeout", KIND_TIME, AT(conntrack.udp_ms)},
	{"conntrack.udpStreamTimeout", KIND_TIME, AT(conntrack.udp_stream_ms)},
	{"iptables", KIND_SECTION, 0},
	{"iptables.masqueradeBit", KIND_WITHOUT, 0},
	{"iptables.masqueradeAll", KIND_WITHOUT, 0},
	{"iptables.localhostNodePorts", KIND_WITHOUT, 0},
	{"iptables.syncPeriod", KIND_WITHOUT, 0},
	{"iptables.minSyncPeriod", KIND_WITHOUT, 0},
	{"ipvs", KIND_SECTION, 0},
	{"ipvs.syncPeriod", KIND_WITHOUT, 0},
	{"ipvs.minSyncPeriod", KIND_WITHOUT, 0},
	{"ipvs.scheduler", KIND_WITHOUT, 0},
	{"ipvs.excludeCIDRs", KIND_WITHOUT, 0},
	{"ipvs.strictARP", KIND_WITHOUT, 0},
	{"ipvs.tcpTimeout", KIND_WITHOUT, 0},
	{"ipvs.tcpFinTimeout", KIND_WITHOUT, 0},
	{"ipvs.udpTimeout", KIND_WITHOUT, 0},
	{"winkernel", KIND_SECTION, 0},
	{"winkernel.networkName", KIND_WITHOUT, 0},
	{"winkernel.sourceVip", KIND_WITHOUT, 0},
	{"winkernel.enableDSR", KIND_WITHOUT, 0},
	{"winkernel.rootHnsEndpointName", KIND_WITHOUT, 0},
	{"winkernel.forwardHealthCheckVip", KIND_WITHOUT, 0},
	{"windowsRunAsService", KIND_WITHOUT, 0},
	{"portRange", KIND_WITHOUT, 0},
	{"configSyncPeriod", KIND_WITHOUT, 0},
	{"bindAddress", KIND_TEXT, AT(bind_address)},
	{"bindAddressHardFail", KIND_WITHOUT, 0},
	{"enableProfiling", KIND_WITHOUT, 0},
	{"featureGates", KIND_WITHOUT, 0},
	{"logging", KIND_WITHOUT, 0},
	{"oomScoreAdj", KIND_WITHOUT, 0},
	{"showHiddenMetricsForVersion", KIND_WITHOUT, 0},
};

struct reading {
	struct arena *a;
	struct config_flags *out;
	configfile_warn *warn;
	struct err *e;
};

static int refuse(struct reading *r, const struct node *n, const char *name,
	const char *why)
{
	return err_kind(r->e, ERR_USAGE, "line %u: %s: %s",
		(unsigned int)n->line, name, why);
}

/* ------------------------------------------------------------------ values */

static void *place_of(struct reading *r, const struct entry *en)
{
	return (char *)r->out + en->at;
}

/* Remember where the text stands, for whoever finds fault with it. */
static void note_origin(struct reading *r, const struct entry *en,
	const struct node *n, const char *text)
{
	struct config_flags *f = r->out;

	if (f->n_origins < CONFIG_ORIGINS_MAX)
		f->origins[f->n_origins++] =
			(struct config_origin){text, en->name, n->line};
}

static int set_text(
	struct reading *r, const struct entry *en, const struct node *n)
{
	const char **place = place_of(r, en);

	if (n->type != NODE_TEXT)
		return refuse(r, n, en->name, "expected a string");
	*place = arena_copy(r->a, n->text);
	note_origin(r, en, n, *place);
	return *place != NULL ? 0 : refuse(r, n, en->name, "too long");
}

static int add_item(
	struct reading *r, const struct entry *en, const struct node *n)
{
	struct args_list *list = place_of(r, en);

	if (n->type != NODE_TEXT)
		return refuse(r, n, en->name, "expected strings");
	if (n->text.n == 0)
		return 0;
	if (list->n == ARGS_LIST_MAX)
		return refuse(r, n, en->name, "too many");
	list->item[list->n] = arena_copy(r->a, n->text);
	if (list->item[list->n] == NULL)
		return refuse(r, n, en->name, "too long");
	note_origin(r, en, n, list->item[list->n]);
	list->n++;
	return 0;
}

static int set_list(
	struct reading *r, const struct entry *en, const struct node *n)
{
	if (n->type != NODE_LIST)
		return add_item(r, en, n);
	for (const struct node *c = node_first(n); c; c = c->next)
		if (add_item(r, en, c) < 0)
			return -1;
	return 0;
}

static int set_truth(
	struct reading *r, const struct entry *en, const struct node *n)
{
	bool *place = place_of(r, en);

	if (n->type != NODE_BOOL)
		return refuse(r, n, en->name, "expected true or false");
	*place = n->truth;
	return 0;
}

static int set_time(
	struct reading *r, const struct entry *en, const struct node *n)
{
	uint64_t *place = place_of(r, en);

	if (n->type != NODE_TEXT || args_time(n->text, place) < 0)
		return refuse(
			r, n, en->name, "expected a time, like \"1m30s\"");
	return 0;
}

static int set_count(
	struct reading *r, const struct entry *en, const struct node *n)
{
	uint64_t *place = place_of(r, en);

	if (n->type != NODE_INT || n->whole < 0)
		return refuse(r, n, en->name, "expected a number");
	*place = (uint64_t)n->whole;
	return 0;
}

static int expect_text(struct reading *r, const struct entry *en,
	const struct node *n, const char *wanted)
{
	if (str_is(node_text(n), wanted))
		return 0;
	return err_kind(r->e, ERR_USAGE, "line %u: %s: expected %s",
		(unsigned int)n->line, en->name, wanted);
}

static bool is_unset_leaf(const struct node *n)
{
	switch (n->type) {
	case NODE_BOOL:
		return !n->truth;
	case NODE_INT:
		return n->whole == 0;
	case NODE_TEXT:
		return n->text.n == 0 || str_is(n->text, "0") ||
		       str_is(n->text, "0s") || str_is(n->text, "0.0.0.0");
	case NODE_NULL:
	case NODE_LIST:
	case NODE_MAP:
		return true;
	case NODE_REAL:
		break;
	}
	return false;
}

/* Does a file hold this when it was written out with all defaults? */
static bool is_unset(const struct node *n)
{
	const struct node *up[UNSET_DEPTH] = {NULL};
	size_t depth = 0;

	/* the whole tree below n: children first, then siblings */
	while (n != NULL) {
		const struct node *child = node_first(n);

		if (!is_unset_leaf(n) || depth == UNSET_DEPTH)
			return false;
		up[depth] = depth > 0 ? n->next : NULL;
		if (child != NULL) {
			depth++;
			n = child;
			continue;
		}
		while (depth > 0 && up[depth] == NULL)
			depth--;
		n = up[depth];
	}
	return true;
}

/* ------------------------------------------------------------------ fields */

static int read_value(
	struct reading *r, const struct entry *en, const struct node *n)
{
	if (node_is_null(n))
		return 0;
	switch (en->kind) {
	case KIND_VERSION:
		return expect_text(
			r, en, n, "kubeproxy.config.k8s.io/v1alpha1");
	case KIND_NAME:
		return expect_text(r, en, n, "KubeProxyConfiguration");
	case KIND_TEXT:
		return set_text(r, en, n);
	case KIND_BIND:
		return n->type == NODE_TEXT && n->text.n == 0
			       ? 0
			       : set_text(r, en, n);
	case KIND_LIST:
		return set_list(r, en, n);
	case KIND_TRUTH:
		return set_truth(r, en, n);
	case KIND_TIME:
		return set_time(r, en, n);
	case KIND_COUNT:
		return set_count(r, en, n);
	case KIND_WITHOUT:
		if (!is_unset(n))
			r->warn(en->name);
		return 0;
	case KIND_SECTION:
		break;
	}
	return 0;
}

static const struct entry *find_entry(struct str section, struct str name)
{
	char whole[128];
	struct buf b = buf_fixed(whole, sizeof(whole));

	if (section.n > 0) {
		buf_str(&b, section);
		buf_byte(&b, '.');
	}
	buf_str(&b, name);
	for (size_t i = 0; i < sizeof(entries) / sizeof(*entries); i++)
		if (!b.full && str_is(buf_view(&b), entries[i].name))
			return &entries[i];
	return NULL;
}

/* One member of the file or of a section. */
static int read_field(
	struct reading *r, struct str section, const struct node *n)
{
	const struct entry *en = find_entry(section, n->key);
	char name[2 * NAME_SHOWN_MAX + 40];
	struct buf b = buf_fixed(name, sizeof(name));

	if (en != NULL)
		return read_value(r, en, n);
	buf_fmt(&b, "%.*s%s%.*s (line %u, not known)",
		STR_ARG(str_sub(section, 0, NAME_SHOWN_MAX)),
		section.n > 0 ? "." : "",
		STR_ARG(str_sub(n->key, 0, NAME_SHOWN_MAX)),
		(unsigned int)n->line);
	r->warn(buf_cstr(&b));
	return 0;
}

static int read_section(struct reading *r, const struct node *n)
{
	if (node_is_null(n))
		return 0;
	if (n->type != NODE_MAP)
		return err_kind(r->e, ERR_USAGE,
			"line %u: %.*s: expected a map", (unsigned int)n->line,
			STR_ARG(n->key));
	for (const struct node *c = node_first(n); c; c = c->next)
		if (read_field(r, n->key, c) < 0)
			return -1;
	return 0;
}

static int read_top(struct reading *r, const struct node *top)
{
	static const struct str none = {NULL, 0};

	if (top->type != NODE_MAP || node_get(top, "kind") == NULL ||
		node_get(top, "apiVersion") == NULL)
		return err_kind(r->e, ERR_USAGE,
			"not a KubeProxyConfiguration: apiVersion or kind is "
			"missing");
	for (const struct node *n = node_first(top); n; n = n->next) {
		const struct entry *en = find_entry(none, n->key);
		bool is_section = en != NULL && en->kind == KIND_SECTION;

		if ((is_section ? read_section(r, n) : read_field(r, none, n)) <
			0)
			return -1;
	}
	return 0;
}

/* Of an IPv6 node, kube-proxy's default addresses are IPv6's. */
static void set_default_binds(const struct node *top, struct config_flags *f)
{
	struct str address = str_of(f->bind_address);

	if (str_find(address, ':') == address.n)
		return;
	if (node_text(node_get(top, "healthzBindAddress")).n == 0)
		f->healthz_bind = "[::]:10256";
	if (node_text(node_get(top, "metricsBindAddress")).n == 0)
		f->metrics_bind = "[::1]:10249";
}

int configfile_parse(struct str text, struct arena *a, struct config_flags *out,
	configfile_warn *warn, struct err *e)
{
	struct reading r = {.a = a, .out = out, .warn = warn, .e = e};
	const struct node *top;

	if (yaml_parse(text, a, &top, e) < 0) {
		if (e != NULL)
			e->kind = ERR_USAGE;
		return -1;
	}
	out->tree = top;
	if (read_top(&r, top) < 0)
		return -1;
	set_default_binds(top, out);
	return 0;
}
