/*
 * configz - one table of all fields in kube-proxy's order.  A field of a
 * section has the section's name before a dot; sections open and close as the
 * names change.
 */
#include "kube-proxy-mini/config/configz.h"

#include "kube-proxy-mini/config/writing.h"
#include "lib/base/duration.h"
#include "lib/base/json.h"
#include "lib/base/whole.h"

#include <string.h>

#define NS_PER_MS  UINT64_C(1000000)
#define NAME_BYTES 64

/* One field that is written. */
struct field_at {
	struct writing *w;
	const struct config *config;
	const char *key; /* without the section */
};

struct field {
	const char *name;
	/* of a field that has an effect: write it */
	void (*put)(const struct field_at *at);
	/* of others: kube-proxy's default as JSON, and what the file may say */
	const char *otherwise;
	enum { SAID_NEVER, SAID_AS_IT_IS, SAID_AS_TIME } said;
};

/* ------------------------------------------------------------------ values */

static void put_text_or_empty(const struct field_at *at, const char *text)
{
	writing_text(at->w, at->key, str_of(text != NULL ? text : ""));
}

static void put_ns(struct writing *w, const char *key, uint64_t ns)
{
	char room[DURATION_TEXT_BYTES];
	struct buf b = buf_fixed(room, sizeof(room));

	duration_write(ns, &b);
	writing_text(w, key, buf_view(&b));
}

static void put_ms(const struct field_at *at, uint64_t ms)
{
	put_ns(at->w, at->key, ms * NS_PER_MS);
}

static void put_kubeconfig(const struct field_at *at)
{
	put_text_or_empty(at, at->config->kubeconfig);
}

static void put_hostname(const struct field_at *at)
{
	put_text_or_empty(at, at->config->flags->hostname_override);
}

static void put_bind_address(const struct field_at *at)
{
	const char *text = at->config->flags->bind_address;

	put_text_or_empty(
		at, text != NULL && text[0] != '\0' ? text : "0.0.0.0");
}

static void put_healthz(const struct field_at *at)
{
	char room[CONFIG_BIND_BYTES];

	put_text_or_empty(at, config_bind_text(&at->config->healthz, room));
}

static void put_metrics(const struct field_at *at)
{
	char room[CONFIG_BIND_BYTES];

	put_text_or_empty(at, config_bind_text(&at->config->metrics, room));
}

static void put_masquerade(const struct field_at *at)
{
	writing_truth(at->w, at->key, at->config->env.masquerade_all);
}

static void put_min_sync(const struct field_at *at)
{
	put_ms(at, at->config->min_sync_ms);
}

static void put_detect_mode(const struct field_at *at)
{
	const char *mode = at->config->flags->detect_local_mode;

	put_text_or_empty(
		at, mode != NULL && mode[0] != '\0' ? mode : "ClusterCIDR");
}

static void put_bridge(const struct field_at *at)
{
	put_text_or_empty(at, at->config->flags->bridge_interface);
}

static void put_prefix(const struct field_at *at)
{
	put_text_or_empty(at, at->config->flags->interface_prefix);
}

static void put_cluster_cidr(const struct field_at *at)
{
	const struct args_list *list = &at->config->flags->cluster_cidr;
	AUTO_BUF struct buf b = buf_growing(CONFIGZ_BYTES_MAX);

	for (size_t i = 0; i < list->n; i++)
		buf_fmt(&b, "%s%s", i > 0 ? "," : "", list->item[i]);
	whole_pass(&b, at->w->out);
	writing_text(at->w, at->key, buf_view(&b));
}

/* Several words of one flag are several items. */
static void put_nodeport_addresses(const struct field_at *at)
{
	const struct args_list *list = &at->config->flags->nodeport_addresses;
	AUTO_BUF struct buf b = buf_growing(CONFIGZ_BYTES_MAX);
	struct str rest, word;

	for (size_t i = 0; i < list->n; i++)
		for (rest = str_of(list->item[i]);
			str_cut(&rest, ',', &word);) {
			buf_byte(&b, b.n > 0 ? ',' : '[');
			json_quote(&b, str_trim(word));
		}
	buf_text(&b, b.n > 0 ? "]" : "[\"primary\"]");
	whole_pass(&b, at->w->out);
	writing_json(at->w, at->key, buf_view(&b));
}

static void put_max_per_core(const struct field_at *at)
{
	writing_whole(at->w, at->key, at->config->conntrack.max_per_core);
}

static void put_conntrack_min(const struct field_at *at)
{
	writing_whole(at->w, at->key, at->config->conntrack.min);
}

static void put_established(const struct field_at *at)
{
	put_ms(at, at->config->conntrack.tcp_established_ms);
}

static void put_close_wait(const struct field_at *at)
{
	put_ms(at, at->config->conntrack.tcp_close_wait_ms);
}

static void put_liberal(const struct field_at *at)
{
	writing_truth(at->w, at->key, at->config->conntrack.is_liberal);
}

static void put_udp(const struct field_at *at)
{
	put_ms(at, at->config->conntrack.udp_ms);
}

static void put_udp_stream(const struct field_at *at)
{
	put_ms(at, at->config->conntrack.udp_stream_ms);
}

/* ------------------------------------------------------------------ fields */

#define LOGGING                                                                \
	"{\"format\":\"text\",\"flushFrequency\":\"5s\",\"verbosity\":0,"      \
	"\"options\":{\"text\":{\"infoBufferSize\":\"0\"},"                    \
	"\"json\":{\"infoBufferSize\":\"0\"}}}"

/* kube-proxy's structs of k8s.io/kube-proxy/config/v1alpha1, in their order. */
static const struct field fields[] = {
	{"kind", NULL, "\"KubeProxyConfiguration\"", SAID_NEVER},
	{"apiVersion", NULL, "\"kubeproxy.config.k8s.io/v1alpha1\"",
		SAID_NEVER},
	{"featureGates", NULL, NULL, SAID_AS_IT_IS},
	{"clientConnection.kubeconfig", put_kubeconfig, NULL, SAID_NEVER},
	{"clientConnection.acceptContentTypes", NULL, "\"\"", SAID_AS_IT_IS},
	{"clientConnection.contentType", NULL,
		"\"application/vnd.kubernetes.protobuf\"", SAID_AS_IT_IS},
	{"clientConnection.qps", NULL, "5", SAID_AS_IT_IS},
	{"clientConnection.burst", NULL, "10", SAID_AS_IT_IS},
	{"logging", NULL, LOGGING, SAID_AS_IT_IS},
	{"hostnameOverride", put_hostname, NULL, SAID_NEVER},
	{"bindAddress", put_bind_address, NULL, SAID_NEVER},
	{"healthzBindAddress", put_healthz, NULL, SAID_NEVER},
	{"metricsBindAddress", put_metrics, NULL, SAID_NEVER},
	{"bindAddressHardFail", NULL, "false", SAID_AS_IT_IS},
	{"enableProfiling", NULL, "false", SAID_AS_IT_IS},
	{"showHiddenMetricsForVersion", NULL, "\"\"", SAID_AS_IT_IS},
	{"mode", NULL, "\"nftables\"", SAID_NEVER},
	{"iptables.masqueradeBit", NULL, "14", SAID_AS_IT_IS},
	{"iptables.masqueradeAll", NULL, "false", SAID_NEVER},
	{"iptables.localhostNodePorts", NULL, "true", SAID_AS_IT_IS},
	{"iptables.syncPeriod", NULL, "\"0s\"", SAID_NEVER},
	{"iptables.minSyncPeriod", NULL, "\"0s\"", SAID_NEVER},
	{"ipvs.syncPeriod", NULL, "\"0s\"", SAID_NEVER},
	{"ipvs.minSyncPeriod", NULL, "\"0s\"", SAID_NEVER},
	{"ipvs.scheduler", NULL, "\"\"", SAID_AS_IT_IS},
	{"ipvs.excludeCIDRs", NULL, "null", SAID_AS_IT_IS},
	{"ipvs.strictARP", NULL, "false", SAID_AS_IT_IS},
	{"ipvs.tcpTimeout", NULL, "\"0s\"", SAID_AS_TIME},
	{"ipvs.tcpFinTimeout", NULL, "\"0s\"", SAID_AS_TIME},
	{"ipvs.udpTimeout", NULL, "\"0s\"", SAID_AS_TIME},
	{"nftables.masqueradeBit", NULL, "14", SAID_AS_IT_IS},
	{"nftables.masqueradeAll", put_masquerade, NULL, SAID_NEVER},
	{"nftables.syncPeriod", NULL, "\"30s\"", SAID_AS_TIME},
	{"nftables.minSyncPeriod", put_min_sync, NULL, SAID_NEVER},
	{"winkernel.networkName", NULL, "\"\"", SAID_AS_IT_IS},
	{"winkernel.sourceVip", NULL, "\"\"", SAID_AS_IT_IS},
	{"winkernel.enableDSR", NULL, "false", SAID_AS_IT_IS},
	{"winkernel.rootHnsEndpointName", NULL, "\"\"", SAID_AS_IT_IS},
	{"winkernel.forwardHealthCheckVip", NULL, "false", SAID_AS_IT_IS},
	{"detectLocalMode", put_detect_mode, NULL, SAID_NEVER},
	{"detectLocal.bridgeInterface", put_bridge, NULL, SAID_NEVER},
	{"detectLocal.interfaceNamePrefix", put_prefix, NULL, SAID_NEVER},
	{"clusterCIDR", put_cluster_cidr, NULL, SAID_NEVER},
	{"nodePortAddresses", put_nodeport_addresses, NULL, SAID_NEVER},
	{"oomScoreAdj", NULL, "-999", SAID_AS_IT_IS},
	{"conntrack.maxPerCore", put_max_per_core, NULL, SAID_NEVER},
	{"conntrack.min", put_conntrack_min, NULL, SAID_NEVER},
	{"conntrack.tcpEstablishedTimeout", put_established, NULL, SAID_NEVER},
	{"conntrack.tcpCloseWaitTimeout", put_close_wait, NULL, SAID_NEVER},
	{"conntrack.tcpBeLiberal", put_liberal, NULL, SAID_NEVER},
	{"conntrack.udpTimeout", put_udp, NULL, SAID_NEVER},
	{"conntrack.udpStreamTimeout", put_udp_stream, NULL, SAID_NEVER},
	{"configSyncPeriod", NULL, "\"15m0s\"", SAID_AS_TIME},
	{"portRange", NULL, "\"\"", SAID_AS_IT_IS},
	{"windowsRunAsService", NULL, NULL, SAID_AS_IT_IS},
};

/* What the file says of a field without effect; NULL: nothing. */
static const struct node *said_of(
	const struct config *c, const struct field *f, struct str section)
{
	const struct node *map = c->flags->tree;
	char name[NAME_BYTES];

	if (f->said == SAID_NEVER)
		return NULL;
	if (section.n == 0)
		return node_get(map, f->name);
	str_copy(section, name, sizeof(name));
	return node_get(node_get(map, name), f->name + section.n + 1);
}

static void put_said(const struct field_at *at, const struct node *n)
{
	AUTO_BUF struct buf b = buf_growing(CONFIGZ_BYTES_MAX);
	struct json_out o = json_out(&b, 0);

	json_node(&o, NULL, n);
	whole_pass(&b, at->w->out);
	writing_json(at->w, at->key, buf_view(&b));
}

static void put_field(const struct field_at *at, const struct field *f,
	const struct node *said)
{
	uint64_t ns;

	if (f->put != NULL) {
		f->put(at);
	} else if (node_is_null(said)) {
		if (f->otherwise != NULL)
			writing_json(at->w, at->key, str_of(f->otherwise));
	} else if (f->said == SAID_AS_TIME &&
		   duration_parse(node_text(said), &ns) == 0) {
		put_ns(at->w, at->key, ns);
	} else {
		put_said(at, said);
	}
}

/* "section" of "section.field", else empty. */
static struct str section_of(const struct field *f)
{
	const char *dot = strchr(f->name, '.');

	return (struct str){f->name, dot != NULL ? (size_t)(dot - f->name) : 0};
}

static void enter_section(
	struct writing *w, struct str from, struct str section)
{
	char name[NAME_BYTES];

	if (str_eq(from, section))
		return;
	if (from.n > 0)
		writing_map_end(w);
	if (section.n == 0)
		return;
	str_copy(section, name, sizeof(name));
	writing_map(w, name);
}

static void put_fields(struct writing *w, const struct config *c)
{
	struct str at = {NULL, 0};

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		const struct field *f = &fields[i];
		struct str section = section_of(f);
		struct field_at place = {
			w, c, f->name + section.n + (section.n > 0)};

		enter_section(w, at, section);
		put_field(&place, f, said_of(c, f, section));
		at = section;
	}
}

void configz_write_json(const struct config *c, struct buf *out)
{
	struct writing w = {.out = out};

	writing_map(&w, NULL);
	writing_map(&w, "kubeproxy.config.k8s.io");
	put_fields(&w, c);
	writing_map_end(&w);
	writing_map_end(&w);
}

void configz_write_yaml(const struct config *c, struct buf *out)
{
	struct writing w = {.out = out, .is_yaml = true};

	writing_map(&w, NULL);
	put_fields(&w, c);
	writing_map_end(&w);
}
