/*
 * decode_service - one function for each part of the object; field.h reads
 * the members and notes what it does not take.
 */
#include "kube-proxy-mini/watch/decode_service.h"

#include "kube-proxy-mini/watch/field.h"

#define AFFINITY_DEFAULT_S 10800 /* DefaultClientIPServiceAffinitySeconds */
#define AFFINITY_MAX_S     86400
#define LABEL_FOREIGN      "service.kubernetes.io/service-proxy-name"

/* A list of addresses in text; NULL without memory. */
static const struct model_ip *get_addresses(struct field_reader *r,
	const struct node *map, const char *key, size_t *n_out, struct err *e)
{
	struct field_items list = field_list(r, map, key, MODEL_ADDRS_MAX);
	struct model_ip *ips = field_room(r, list.n, sizeof(*ips), e);
	const struct node *c = list.first;

	*n_out = 0;
	if (ips == NULL)
		return NULL;
	for (size_t at = 0; at < list.n; at++, c = c->next)
		if (field_address(r, node_text(c), key, at, &ips[*n_out]))
			++*n_out;
	return ips;
}

/* False: the port is passed over, the Service has its others. */
static bool decode_port(
	struct field_reader *r, const struct node *n, struct model_port *out)
{
	const struct field_range required = {1, UINT16_MAX, 0};
	const struct field_range optional = {0, UINT16_MAX, 0};

	out->name = field_text(r, n, "name");
	out->proto = (uint8_t)field_choice(r, n, "protocol", field_protocols);
	out->node_port = (uint16_t)field_whole(r, n, "nodePort", optional);
	if (node_is_null(node_get(n, "port")))
		return field_odd(r, "port", "is missing");
	out->port = (uint16_t)field_whole(r, n, "port", required);
	return out->proto != 0 && out->port != 0;
}

static int decode_ports(struct field_reader *r, const struct node *spec,
	struct model_service *out, struct err *e)
{
	struct field_items list = field_list(r, spec, "ports", MODEL_PORTS_MAX);
	struct model_port *ports = field_room(r, list.n, sizeof(*ports), e);
	const struct node *c = list.first;

	if (ports == NULL)
		return -1;
	out->ports = ports;
	for (size_t at = 0; at < list.n; at++, c = c->next) {
		field_enter(r, "spec.ports[%zu]", at);
		if (decode_port(r, c, &ports[out->n_ports]))
			out->n_ports++;
	}
	return 0;
}

/* clusterIPs, or clusterIP from servers without dual stack. */
static int decode_cluster_ips(struct field_reader *r, const struct node *spec,
	struct model_service *out, struct err *e)
{
	struct str text = field_text(r, spec, "clusterIP");
	struct model_ip *one;

	out->is_headless = str_is(text, "None");
	if (out->is_headless)
		return 0;
	out->cluster_ips =
		get_addresses(r, spec, "clusterIPs", &out->n_cluster_ips, e);
	if (out->cluster_ips == NULL)
		return -1;
	if (out->n_cluster_ips > 0 || text.n == 0)
		return 0;
	one = field_room(r, 1, sizeof(*one), e);
	if (one == NULL)
		return -1;
	out->cluster_ips = one;
	out->n_cluster_ips = field_address(r, text, "clusterIP", 0, one);
	return 0;
}

/*
 * A range that cannot be read must not open the Service to everybody, so two
 * ranges take its place, one of each family, in which no client can be.
 */
static void add_nobody(struct model_net *nets, size_t *n)
{
	nets[(*n)++] = (struct model_net){{.family = MODEL_V4}, 32};
	nets[(*n)++] = (struct model_net){{.family = MODEL_V6}, 128};
}

static int decode_ranges(struct field_reader *r, const struct node *spec,
	struct model_service *out, struct err *e)
{
	const char *key = "loadBalancerSourceRanges";
	struct field_items list = field_list(r, spec, key, MODEL_RANGES_MAX);
	struct model_net *nets = field_room(r, list.n + 2, sizeof(*nets), e);
	const struct node *c = list.first;
	size_t n = 0;

	if (nets == NULL)
		return -1;
	for (size_t at = 0; at < list.n; at++, c = c->next)
		if (field_net(r, node_text(c), key, at, &nets[n]))
			n++;
	if (n < list.n)
		add_nobody(nets, &n);
	out->source_ranges = nets;
	out->n_source_ranges = n;
	return 0;
}

static void decode_affinity(struct field_reader *r, const struct node *spec,
	struct model_service *out)
{
	static const struct field_choice kinds[] = {
		{"None", 0}, {"ClientIP", 1}, {NULL, 0}};
	const struct field_range range = {
		1, AFFINITY_MAX_S, AFFINITY_DEFAULT_S};

	if (field_choice(r, spec, "sessionAffinity", kinds) == 0)
		return;
	field_enter(r, "spec.sessionAffinityConfig.clientIP");
	out->affinity_s = (uint32_t)field_whole(r,
		node_path(spec, "sessionAffinityConfig", "clientIP", NULL),
		"timeoutSeconds", range);
}

/* A type without addresses for the outside has no policy for it either. */
static bool is_externally_accessible(const struct model_service *s)
{
	return s->type == MODEL_LOAD_BALANCER || s->type == MODEL_NODE_PORT ||
	       (s->type == MODEL_CLUSTER_IP && s->n_external_ips > 0);
}

static void decode_policies(struct field_reader *r, const struct node *spec,
	struct model_service *out)
{
	static const struct field_choice types[] = {
		{"ClusterIP", MODEL_CLUSTER_IP},
		{"NodePort", MODEL_NODE_PORT},
		{"LoadBalancer", MODEL_LOAD_BALANCER},
		{"ExternalName", MODEL_EXTERNAL_NAME},
		{NULL, MODEL_OTHER_TYPE},
	};
	static const struct field_choice policies[] = {
		{"Cluster", 0}, {"Local", 1}, {NULL, 0}};
	const struct field_range port = {0, UINT16_MAX, 0};
	int internal, external;
	int64_t health;

	out->type = (enum model_type)field_choice(r, spec, "type", types);
	internal = field_choice(r, spec, "internalTrafficPolicy", policies);
	external = field_choice(r, spec, "externalTrafficPolicy", policies);
	health = field_whole(r, spec, "healthCheckNodePort", port);
	out->internal_local = internal == 1;
	out->external_local = external == 1 && is_externally_accessible(out);
	/* served only where the load balancer must find local endpoints */
	if (out->type == MODEL_LOAD_BALANCER && out->external_local)
		out->health_port = (uint16_t)health;
}

static int decode_external_ips(struct field_reader *r, const struct node *spec,
	struct model_service *out, struct err *e)
{
	out->external_ips =
		get_addresses(r, spec, "externalIPs", &out->n_external_ips, e);
	return out->external_ips ? 0 : -1;
}

static int decode_spec(struct field_reader *r, const struct node *spec,
	struct model_service *out, struct err *e)
{
	field_enter(r, "spec");
	if (decode_cluster_ips(r, spec, out, e) < 0 ||
		decode_external_ips(r, spec, out, e) < 0 ||
		decode_ranges(r, spec, out, e) < 0)
		return -1;
	decode_policies(r, spec, out);
	decode_affinity(r, spec, out);
	return decode_ports(r, spec, out, e);
}

/* False when it is passed over: it has a hostname alone, or no address. */
static bool decode_one_ingress(struct field_reader *r, const struct node *n,
	size_t at, struct model_ingress *out)
{
	static const struct field_choice modes[] = {
		{"VIP", 0}, {"Proxy", 1}, {NULL, 1}};
	struct str text;

	field_enter(r, "status.loadBalancer.ingress[%zu]", at);
	text = field_text(r, n, "ip");
	out->is_proxy = field_choice(r, n, "ipMode", modes) == 1;
	return text.n > 0 && field_address(r, text, "ip", 0, &out->ip);
}

static int decode_ingress(struct field_reader *r, const struct node *object,
	struct model_service *out, struct err *e)
{
	struct field_items list;
	struct model_ingress *entries;
	const struct node *c;

	field_enter(r, "status.loadBalancer");
	list = field_list(r, node_path(object, "status", "loadBalancer", NULL),
		"ingress", MODEL_ADDRS_MAX);
	entries = field_room(r, list.n, sizeof(*entries), e);
	if (entries == NULL)
		return -1;
	out->ingress = entries;
	c = list.first;
	for (size_t at = 0; at < list.n; at++, c = c->next)
		if (decode_one_ingress(r, c, at, &entries[out->n_ingress]))
			out->n_ingress++;
	return 0;
}

int decode_service(const struct node *object, struct field_reader *r,
	struct model_service *out, struct err *e)
{
	*out = (struct model_service){0};
	if (field_name(object, &out->ns, &out->name, e) < 0)
		return err_at(e, "Service");
	/* the label counts, even with an empty value */
	out->is_foreign = node_path(object, "metadata", "labels", LABEL_FOREIGN,
				  NULL) != NULL;
	if (decode_spec(r, node_get(object, "spec"), out, e) < 0 ||
		decode_ingress(r, object, out, e) < 0)
		return err_at(e, "Service %.*s/%.*s", STR_ARG(out->ns),
			STR_ARG(out->name));
	return 0;
}
