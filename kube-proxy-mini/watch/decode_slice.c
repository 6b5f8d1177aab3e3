/*
 * decode_slice - one function for each part of the object; field.h reads the
 * members and notes what it does not take.
 */
#include "kube-proxy-mini/watch/decode_slice.h"

#define LABEL_SERVICE "kubernetes.io/service-name"

/*
 * False: the port is passed over, the slice has its others.  One without a
 * number means all ports, which no proxy can do.
 */
static bool decode_port(struct field_reader *r, const struct node *n,
	struct model_slice_port *out)
{
	const struct field_range range = {1, UINT16_MAX, 0};

	out->name = field_text(r, n, "name");
	out->proto = (uint8_t)field_choice(r, n, "protocol", field_protocols);
	out->port = (uint16_t)field_whole(r, n, "port", range);
	return out->proto != 0 && out->port != 0;
}

static int decode_ports(struct field_reader *r, const struct node *object,
	struct model_slice *out, struct err *e)
{
	struct field_items list =
		field_list(r, object, "ports", MODEL_PORTS_MAX);
	struct model_slice_port *ports =
		field_room(r, list.n, sizeof(*ports), e);
	const struct node *c = list.first;

	if (ports == NULL)
		return -1;
	out->ports = ports;
	for (size_t at = 0; at < list.n; at++, c = c->next) {
		field_enter(r, "ports[%zu]", at);
		if (decode_port(r, c, &ports[out->n_ports]))
			out->n_ports++;
	}
	return 0;
}

struct hints {
	struct str *names;
	size_t n;
};

/* hints.forZones or hints.forNodes: the names in it. */
static int decode_hints(struct field_reader *r, const struct node *hints,
	const char *key, struct hints *out, struct err *e)
{
	struct field_items list = field_list(r, hints, key, MODEL_HINTS_MAX);
	const struct node *c = list.first;

	*out = (struct hints){NULL, 0};
	if (list.n == 0)
		return 0;
	out->names = field_room(r, list.n, sizeof(*out->names), e);
	if (out->names == NULL)
		return -1;
	for (size_t at = 0; at < list.n; at++, c = c->next)
		out->names[at] = field_text(r, c, "name");
	out->n = list.n;
	return 0;
}

static int decode_all_hints(struct field_reader *r, const struct node *n,
	struct model_endpoint *out, struct err *e)
{
	const struct node *hints = node_get(n, "hints");
	struct hints zones, nodes;

	if (decode_hints(r, hints, "forZones", &zones, e) < 0 ||
		decode_hints(r, hints, "forNodes", &nodes, e) < 0)
		return -1;
	out->hint_zones = zones.names;
	out->n_hint_zones = zones.n;
	out->hint_nodes = nodes.names;
	out->n_hint_nodes = nodes.n;
	return 0;
}

/* Absent conditions: as kube-proxy takes them, not as the API's text. */
static uint8_t decode_conditions(
	struct field_reader *r, const struct node *endpoint)
{
	const struct node *c = node_get(endpoint, "conditions");
	unsigned int flags = 0;

	if (field_truth(r, c, "ready", true))
		flags |= MODEL_EP_READY;
	if (field_truth(r, c, "serving", true))
		flags |= MODEL_EP_SERVING;
	if (field_truth(r, c, "terminating", false))
		flags |= MODEL_EP_TERMINATING;
	return (uint8_t)flags;
}

/* 0, 1 when it is passed over: it has no address of the family; -1. */
static int decode_endpoint(struct field_reader *r, const struct node *n,
	enum model_family family, struct model_endpoint *out, struct err *e)
{
	const struct node *first = node_first(node_get(n, "addresses"));

	if (first == NULL)
		return 1;
	if (!field_address(r, node_text(first), "addresses", 0, &out->ip))
		return 1;
	if (out->ip.family != family) {
		field_odd(r, "addresses[0]", "not of the addressType");
		return 1;
	}
	out->conditions = decode_conditions(r, n);
	out->node = field_text(r, n, "nodeName");
	return decode_all_hints(r, n, out, e);
}

static int decode_endpoints(struct field_reader *r, const struct node *object,
	struct model_slice *out, struct err *e)
{
	struct field_items list;
	struct model_endpoint *endpoints;
	const struct node *c;
	int got;

	field_enter(r, "%s", "");
	list = field_list(r, object, "endpoints", MODEL_ENDPOINTS_MAX);
	endpoints = field_room(r, list.n, sizeof(*endpoints), e);
	if (endpoints == NULL)
		return -1;
	out->endpoints = endpoints;
	c = list.first;
	for (size_t at = 0; at < list.n; at++, c = c->next) {
		field_enter(r, "endpoints[%zu]", at);
		got = decode_endpoint(
			r, c, out->family, &endpoints[out->n_endpoints], e);
		if (got < 0)
			return -1;
		if (got == 0)
			out->n_endpoints++;
	}
	return 0;
}

static int decode_parts(struct field_reader *r, const struct node *object,
	struct model_slice *out, struct err *e)
{
	static const struct field_choice types[] = {{"IPv4", MODEL_V4},
		{"IPv6", MODEL_V6}, {"FQDN", MODEL_FAMILIES},
		{NULL, MODEL_FAMILIES}};
	int family = field_choice(r, object, "addressType", types);

	if (family == MODEL_FAMILIES || out->service.n == 0)
		return 1;
	out->family = (enum model_family)family;
	if (decode_ports(r, object, out, e) < 0)
		return -1;
	return decode_endpoints(r, object, out, e);
}

int decode_slice(const struct node *object, struct field_reader *r,
	struct model_slice *out, struct err *e)
{
	int got;

	*out = (struct model_slice){0};
	if (field_name(object, &out->ns, &out->name, e) < 0)
		return err_at(e, "EndpointSlice");
	out->service = node_text(
		node_path(object, "metadata", "labels", LABEL_SERVICE, NULL));
	if (out->service.n > MODEL_NAME_MAX)
		out->service.n = 0;
	got = decode_parts(r, object, out, e);
	if (got < 0)
		return err_at(e, "EndpointSlice %.*s/%.*s", STR_ARG(out->ns),
			STR_ARG(out->name));
	return got;
}
