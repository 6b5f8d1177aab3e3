/*
 * decode: see decode.h.  One function a part of the object; field.h reads the
 * members and says which one makes no sense, callers put in front where.
 */
#include "kube-proxy-mini/decode.h"
#include "kube-proxy-mini/address.h"
#include "kube-proxy-mini/field.h"

#define AFFINITY_DEFAULT_S                                                     \
	10800 /* v1 DefaultClientIPServiceAffinitySeconds                      \
	       */
#define AFFINITY_MAX_S 86400
#define PORT_MAX       65535

#define LABEL_SERVICE "kubernetes.io/service-name"
#define LABEL_FOREIGN "service.kubernetes.io/service-proxy-name"

/* Zeroed room for n structs of that many bytes; NULL when there is none. */
static void *make_room(struct arena *a, size_t n, size_t size, struct err *e)
{
	void *room = arena_alloc(a, n > 0 ? n * size : 1);

	if (room == NULL)
		err_kind(e, ERR_LIMIT, "the object is too large");
	return room;
}

static const struct field_choice protocols[] = {
	{"TCP", MODEL_TCP},
	{"UDP", MODEL_UDP},
	{"SCTP", MODEL_SCTP},
	{NULL, 0},
};

static int check_address(struct str text, const char *field, size_t at,
	struct model_ip *out, struct err *e)
{
	if (address_parse(text, out) == 0)
		return 0;
	return err_kind(e, ERR_INPUT, "%s[%zu]: \"%.*s\" is no address", field,
		at, STR_ARG(str_sub(text, 0, 64)));
}

/* A list of addresses in text. */
static int get_addresses(const struct node *map, const char *key,
	struct arena *a, const struct model_ip **out, size_t *n_out,
	struct err *e)
{
	const struct node *list;
	struct model_ip *ips;
	size_t n, at = 0;

	if (field_list(map, key, MODEL_ADDRS_MAX, &list, &n, e) < 0)
		return -1;
	ips = make_room(a, n, sizeof(*ips), e);
	if (ips == NULL)
		return -1;
	for (const struct node *c = node_first(list); c; c = c->next, at++)
		if (check_address(node_text(c), key, at, &ips[at], e) < 0)
			return -1;
	*out = ips;
	*n_out = n;
	return 0;
}

/* ---------------------------------------------------------------- metadata */

static bool is_name(struct str s)
{
	return s.n > 0 && s.n <= MODEL_NAME_MAX;
}

/* metadata.namespace and metadata.name. 0 or -1 when they cannot be. */
static int take_name(const struct node *object, struct str *ns,
	struct str *name, struct err *e)
{
	const struct node *meta = node_get(object, "metadata");

	if (field_text(meta, "namespace", ns, e) < 0 ||
		field_text(meta, "name", name, e) < 0)
		return err_at(e, "metadata");
	if (!is_name(*ns) || !is_name(*name))
		return field_refuse(e, "metadata",
			"namespace or name is missing or too long");
	return 0;
}

static struct str label_of(const struct node *object, const char *label)
{
	return node_text(node_path(object, "metadata", "labels", label, NULL));
}

/* ---------------------------------------------------------------- services */

static int decode_port(
	const struct node *n, struct model_port *out, struct err *e)
{
	int64_t port, node_port;
	int proto;

	if (field_text(n, "name", &out->name, e) < 0 ||
		field_choice(n, "protocol", protocols, &proto, e) < 0 ||
		field_whole(n, "port", 1, PORT_MAX, 0, &port, e) < 0 ||
		field_whole(n, "nodePort", 0, PORT_MAX, 0, &node_port, e) < 0)
		return -1;
	if (port == 0)
		return field_refuse(e, "port", "is missing");
	out->proto = (uint8_t)proto;
	out->port = (uint16_t)port;
	out->node_port = (uint16_t)node_port;
	return 0;
}

static int decode_ports(const struct node *spec, struct arena *a,
	struct model_service *out, struct err *e)
{
	const struct node *list;
	struct model_port *ports;
	size_t at = 0;

	if (field_list(spec, "ports", MODEL_PORTS_MAX, &list, &out->n_ports,
		    e) < 0)
		return -1;
	ports = make_room(a, out->n_ports, sizeof(*ports), e);
	if (ports == NULL)
		return -1;
	out->ports = ports;
	for (const struct node *c = node_first(list); c; c = c->next, at++)
		if (decode_port(c, &ports[at], e) < 0)
			return err_at(e, "ports[%zu]", at);
	return 0;
}

/* clusterIPs, or clusterIP of servers that know no second family. */
static int decode_cluster_ips(const struct node *spec, struct arena *a,
	struct model_service *out, struct err *e)
{
	struct model_ip *one;
	struct str text;

	if (field_text(spec, "clusterIP", &text, e) < 0)
		return -1;
	out->is_headless = str_is(text, "None");
	if (out->is_headless)
		return 0;
	if (!node_is_null(node_get(spec, "clusterIPs")))
		return get_addresses(spec, "clusterIPs", a, &out->cluster_ips,
			&out->n_cluster_ips, e);
	if (text.n == 0)
		return 0;
	one = make_room(a, 1, sizeof(*one), e);
	if (one == NULL)
		return -1;
	out->cluster_ips = one;
	out->n_cluster_ips = 1;
	return check_address(text, "clusterIP", 0, one, e);
}

static int decode_ranges(const struct node *spec, struct arena *a,
	struct model_service *out, struct err *e)
{
	const char *key = "loadBalancerSourceRanges";
	const struct node *list;
	struct model_net *nets;
	size_t n, at = 0;

	if (field_list(spec, key, MODEL_ADDRS_MAX, &list, &n, e) < 0)
		return -1;
	nets = make_room(a, n, sizeof(*nets), e);
	if (nets == NULL)
		return -1;
	for (const struct node *c = node_first(list); c; c = c->next, at++) {
		struct str text = str_trim(node_text(c));

		if (address_parse_net(text, &nets[at]) < 0)
			return err_kind(e, ERR_INPUT,
				"%s[%zu]: \"%.*s\" is no range", key, at,
				STR_ARG(str_sub(text, 0, 64)));
	}
	out->source_ranges = nets;
	out->n_source_ranges = n;
	return 0;
}

static int decode_affinity(
	const struct node *spec, struct model_service *out, struct err *e)
{
	static const struct field_choice kinds[] = {
		{"None", 0}, {"ClientIP", 1}, {NULL, 0}};
	const struct node *config =
		node_path(spec, "sessionAffinityConfig", "clientIP", NULL);
	int64_t seconds;
	int is_on;

	if (field_choice(spec, "sessionAffinity", kinds, &is_on, e) < 0)
		return -1;
	if (!is_on)
		return 0;
	if (field_whole(config, "timeoutSeconds", 1, AFFINITY_MAX_S,
		    AFFINITY_DEFAULT_S, &seconds, e) < 0)
		return err_at(e, "sessionAffinityConfig.clientIP");
	out->affinity_s = (uint32_t)seconds;
	return 0;
}

static int decode_policies(
	const struct node *spec, struct model_service *out, struct err *e)
{
	static const struct field_choice types[] = {
		{"ClusterIP", MODEL_CLUSTER_IP},
		{"NodePort", MODEL_NODE_PORT},
		{"LoadBalancer", MODEL_LOAD_BALANCER},
		{"ExternalName", MODEL_EXTERNAL_NAME},
		{NULL, 0},
	};
	static const struct field_choice policies[] = {
		{"Cluster", 0}, {"Local", 1}, {NULL, 0}};
	int type, internal, external;
	int64_t health;

	if (field_choice(spec, "type", types, &type, e) < 0 ||
		field_choice(spec, "internalTrafficPolicy", policies, &internal,
			e) < 0 ||
		field_choice(spec, "externalTrafficPolicy", policies, &external,
			e) < 0 ||
		field_truth(spec, "publishNotReadyAddresses", false,
			&out->publish_not_ready, e) < 0 ||
		field_whole(spec, "healthCheckNodePort", 0, PORT_MAX, 0,
			&health, e) < 0)
		return -1;
	out->type = (enum model_type)type;
	out->internal_local = internal == 1;
	out->external_local = external == 1;
	/* the port is served for local load balancers only */
	if (out->type == MODEL_LOAD_BALANCER && out->external_local)
		out->health_port = (uint16_t)health;
	return 0;
}

/* A preference that is not known is no preference: it is only a wish. */
static int decode_distribution(
	const struct node *spec, struct model_service *out, struct err *e)
{
	struct str text;

	if (field_text(spec, "trafficDistribution", &text, e) < 0)
		return -1;
	if (str_is(text, "PreferClose") || str_is(text, "PreferSameZone"))
		out->distribution = MODEL_SPREAD_SAME_ZONE;
	else if (str_is(text, "PreferSameNode"))
		out->distribution = MODEL_SPREAD_SAME_NODE;
	return 0;
}

static int decode_spec(const struct node *spec, struct arena *a,
	struct model_service *out, struct err *e)
{
	if (decode_policies(spec, out, e) < 0 ||
		decode_cluster_ips(spec, a, out, e) < 0 ||
		decode_ports(spec, a, out, e) < 0 ||
		get_addresses(spec, "externalIPs", a, &out->external_ips,
			&out->n_external_ips, e) < 0 ||
		decode_ranges(spec, a, out, e) < 0 ||
		decode_affinity(spec, out, e) < 0 ||
		decode_distribution(spec, out, e) < 0)
		return err_at(e, "spec");
	return 0;
}

/* Entries with a hostname alone are passed over. */
static int decode_ingress(const struct node *object, struct arena *a,
	struct model_service *out, struct err *e)
{
	static const struct field_choice modes[] = {
		{"VIP", 0}, {"Proxy", 1}, {NULL, 0}};
	const struct node *balancer =
		node_path(object, "status", "loadBalancer", NULL);
	const struct node *list;
	struct model_ingress *entries;
	size_t n, at = 0;

	if (field_list(balancer, "ingress", MODEL_ADDRS_MAX, &list, &n, e) < 0)
		return err_at(e, "status.loadBalancer");
	entries = make_room(a, n, sizeof(*entries), e);
	if (entries == NULL)
		return err_at(e, "status.loadBalancer");
	out->ingress = entries;
	for (const struct node *c = node_first(list); c; c = c->next, at++) {
		struct model_ingress *one = &entries[out->n_ingress];
		struct str text;
		int mode;

		if (field_text(c, "ip", &text, e) < 0 ||
			field_choice(c, "ipMode", modes, &mode, e) < 0)
			return err_at(
				e, "status.loadBalancer.ingress[%zu]", at);
		if (text.n == 0)
			continue;
		if (check_address(text, "ingress", at, &one->ip, e) < 0)
			return err_at(e, "status.loadBalancer");
		one->is_proxy = mode == 1;
		out->n_ingress++;
	}
	return 0;
}

int decode_service(const struct node *object, struct arena *a,
	struct model_service *out, struct err *e)
{
	*out = (struct model_service){0};
	if (take_name(object, &out->ns, &out->name, e) < 0)
		return err_at(e, "Service");
	/* the label alone counts, its value may be empty */
	out->is_foreign = node_path(object, "metadata", "labels", LABEL_FOREIGN,
				  NULL) != NULL;
	if (decode_spec(node_get(object, "spec"), a, out, e) < 0 ||
		decode_ingress(object, a, out, e) < 0)
		return err_at(e, "Service %.*s/%.*s", STR_ARG(out->ns),
			STR_ARG(out->name));
	return 0;
}

/* ------------------------------------------------------------------ slices */

/* Ports without a number mean all ports, which no proxy can do: left out. */
static int decode_slice_ports(const struct node *object, struct arena *a,
	struct model_slice *out, struct err *e)
{
	const struct node *list;
	struct model_slice_port *ports;
	size_t n, at = 0;

	if (field_list(object, "ports", MODEL_PORTS_MAX, &list, &n, e) < 0)
		return -1;
	ports = make_room(a, n, sizeof(*ports), e);
	if (ports == NULL)
		return -1;
	out->ports = ports;
	for (const struct node *c = node_first(list); c; c = c->next, at++) {
		struct model_slice_port *one = &ports[out->n_ports];
		int64_t port;
		int proto;

		if (field_text(c, "name", &one->name, e) < 0 ||
			field_choice(c, "protocol", protocols, &proto, e) < 0 ||
			field_whole(c, "port", 1, PORT_MAX, 0, &port, e) < 0)
			return err_at(e, "ports[%zu]", at);
		if (port == 0)
			continue;
		one->proto = (uint8_t)proto;
		one->port = (uint16_t)port;
		out->n_ports++;
	}
	return 0;
}

/* hints.forZones or hints.forNodes: the names in it. */
static int decode_hints(const struct node *endpoint, const char *key,
	struct arena *a, const struct str **out, size_t *n_out, struct err *e)
{
	const struct node *list;
	struct str *names;
	size_t n, at = 0;

	if (field_list(node_get(endpoint, "hints"), key, MODEL_HINTS_MAX, &list,
		    &n, e) < 0)
		return err_at(e, "hints");
	if (n == 0)
		return 0;
	names = make_room(a, n, sizeof(*names), e);
	if (names == NULL)
		return -1;
	for (const struct node *c = node_first(list); c; c = c->next, at++)
		if (field_text(c, "name", &names[at], e) < 0)
			return err_at(e, "hints.%s[%zu]", key, at);
	*out = names;
	*n_out = n;
	return 0;
}

static int decode_conditions(
	const struct node *endpoint, uint8_t *out, struct err *e)
{
	const struct node *c = node_get(endpoint, "conditions");
	bool is_ready, is_serving, is_terminating;

	if (field_truth(c, "ready", true, &is_ready, e) < 0 ||
		field_truth(c, "serving", is_ready, &is_serving, e) < 0 ||
		field_truth(c, "terminating", false, &is_terminating, e) < 0)
		return err_at(e, "conditions");
	*out = (uint8_t)((is_ready ? MODEL_EP_READY : 0) |
			 (is_serving ? MODEL_EP_SERVING : 0) |
			 (is_terminating ? MODEL_EP_TERMINATING : 0));
	return 0;
}

/* 0, 1 when it has no address, -1. */
static int decode_endpoint(const struct node *n, struct arena *a,
	enum model_family family, struct model_endpoint *out, struct err *e)
{
	const struct node *first = node_first(node_get(n, "addresses"));

	if (first == NULL)
		return 1;
	if (check_address(node_text(first), "addresses", 0, &out->ip, e) < 0)
		return -1;
	if (out->ip.family != family)
		return field_refuse(
			e, "addresses[0]", "not of the addressType");
	if (decode_conditions(n, &out->conditions, e) < 0 ||
		field_text(n, "nodeName", &out->node, e) < 0 ||
		field_text(n, "zone", &out->zone, e) < 0 ||
		decode_hints(n, "forZones", a, &out->hint_zones,
			&out->n_hint_zones, e) < 0 ||
		decode_hints(n, "forNodes", a, &out->hint_nodes,
			&out->n_hint_nodes, e) < 0)
		return -1;
	return 0;
}

static int decode_endpoints(const struct node *object, struct arena *a,
	struct model_slice *out, struct err *e)
{
	const struct node *list;
	struct model_endpoint *endpoints;
	size_t n, at = 0;

	if (field_list(object, "endpoints", MODEL_ENDPOINTS_MAX, &list, &n, e) <
		0)
		return -1;
	endpoints = make_room(a, n, sizeof(*endpoints), e);
	if (endpoints == NULL)
		return -1;
	out->endpoints = endpoints;
	for (const struct node *c = node_first(list); c; c = c->next, at++) {
		int got = decode_endpoint(
			c, a, out->family, &endpoints[out->n_endpoints], e);

		if (got < 0)
			return err_at(e, "endpoints[%zu]", at);
		if (got == 0)
			out->n_endpoints++;
	}
	return 0;
}

static int decode_slice_parts(const struct node *object, struct arena *a,
	struct model_slice *out, struct err *e)
{
	static const struct field_choice types[] = {{"IPv4", MODEL_V4},
		{"IPv6", MODEL_V6}, {"FQDN", MODEL_FAMILIES}, {NULL, 0}};
	int family;

	if (field_choice(object, "addressType", types, &family, e) < 0)
		return -1;
	if (family == MODEL_FAMILIES || out->service.n == 0)
		return 1;
	out->family = (enum model_family)family;
	if (decode_slice_ports(object, a, out, e) < 0)
		return -1;
	return decode_endpoints(object, a, out, e);
}

int decode_slice(const struct node *object, struct arena *a,
	struct model_slice *out, struct err *e)
{
	int got;

	*out = (struct model_slice){0};
	if (take_name(object, &out->ns, &out->name, e) < 0)
		return err_at(e, "EndpointSlice");
	out->service = label_of(object, LABEL_SERVICE);
	if (out->service.n > MODEL_NAME_MAX)
		out->service.n = 0;
	got = decode_slice_parts(object, a, out, e);
	if (got < 0)
		return err_at(e, "EndpointSlice %.*s/%.*s", STR_ARG(out->ns),
			STR_ARG(out->name));
	return got;
}
