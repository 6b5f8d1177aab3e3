/*
 * configfile: see configfile.h.  The table below is the whole knowledge;
 * sections are one level deep, named before the dot.
 */
#include "kube-proxy-mini/configfile.h"
#include "lib/base/yaml.h"

#include <string.h>

enum kind {
	KIND_VERSION, /* must be the one that is known */
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

#define UNSET_DEPTH 8 /* what is deeper is taken for set */
#define AT(member)  offsetof(struct config_flags, member)

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
	{"nftables.syncPeriod", KIND_WITHOUT, 0},    /* changes are heard of */
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
	{"bindAddress", KIND_WITHOUT, 0},
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

static int set_text(
	struct reading *r, const struct entry *en, const struct node *n)
{
	const char **place = place_of(r, en);

	if (n->type != NODE_TEXT)
		return refuse(r, n, en->name, "expected a text");
	*place = arena_copy(r->a, n->text);
	return *place != NULL ? 0 : refuse(r, n, en->name, "too long");
}

static int add_item(
	struct reading *r, const struct entry *en, const struct node *n)
{
	struct args_list *list = place_of(r, en);

	if (n->type != NODE_TEXT)
		return refuse(r, n, en->name, "expected texts");
	if (n->text.n == 0)
		return 0;
	if (list->n == ARGS_LIST_MAX)
		return refuse(r, n, en->name, "too many");
	list->item[list->n] = arena_copy(r->a, n->text);
	if (list->item[list->n] == NULL)
		return refuse(r, n, en->name, "too long");
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
		return refuse(r, n, en->name, "expected a time, as \"1m30s\"");
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

/* Is it what a file holds that was written out with all defaults? */
static bool is_unset(const struct node *n)
{
	const struct node *up[UNSET_DEPTH] = {NULL};
	size_t depth = 0;

	/* through all that is within, siblings behind children */
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
	char name[128];
	struct buf b = buf_fixed(name, sizeof(name));

	if (en != NULL)
		return read_value(r, en, n);
	buf_str(&b, section);
	buf_text(&b, section.n > 0 ? "." : "");
	buf_str(&b, n->key);
	return refuse(r, n, buf_cstr(&b), "unknown field");
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
			"no KubeProxyConfiguration: apiVersion or kind is "
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
	return read_top(&r, top);
}
