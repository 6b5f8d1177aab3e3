/*
 * pack - writes heads and lists one after the other, in the layout of
 * packed.h.
 *
 * Names of nodes are reduced to flags here, and hinted zones to the number of
 * a list: an endpoint takes its address and three bytes.
 */
#include "kube-proxy-mini/model/pack.h"

#include "kube-proxy-mini/model/packed.h"
#include "kube-proxy-mini/model/zone_lists.h"

#include <string.h>

static int check_count(const char *what, size_t n, size_t max, struct err *e)
{
	if (n <= max)
		return 0;
	return err_kind(e, ERR_LIMIT, "%zu %s, at most %zu are supported", n,
		what, max);
}

static int check_counts(const struct model_service *s, struct err *e)
{
	if (check_count("ports", s->n_ports, MODEL_PORTS_MAX, e) < 0 ||
		check_count("cluster addresses", s->n_cluster_ips,
			MODEL_ADDRS_MAX, e) < 0 ||
		check_count("external addresses", s->n_external_ips,
			MODEL_ADDRS_MAX, e) < 0 ||
		check_count("load balancer addresses", s->n_ingress,
			MODEL_ADDRS_MAX, e) < 0 ||
		check_count("source ranges", s->n_source_ranges,
			MODEL_RANGES_MAX + 2, e) < 0)
		return -1;
	return 0;
}

static int pack_name(struct str name, struct buf *out, struct err *e)
{
	if (name.n > MODEL_NAME_MAX)
		return err_kind(e, ERR_INPUT,
			"a name of %zu bytes, at most %d are allowed", name.n,
			MODEL_NAME_MAX);
	buf_str(out, name);
	return 0;
}

static int pack_port(const struct model_port *p, struct buf *out, struct err *e)
{
	struct packed_port_head h = {
		p->port, p->node_port, p->proto, (uint8_t)p->name.n};

	buf_put(out, &h, sizeof(h));
	return pack_name(p->name, out, e);
}

static struct packed_service_head head_of(const struct model_service *s)
{
	return (struct packed_service_head){
		.affinity_s = s->affinity_s,
		.health_port = s->health_port,
		.n_cluster_ips = (uint16_t)s->n_cluster_ips,
		.n_external_ips = (uint16_t)s->n_external_ips,
		.n_ingress = (uint16_t)s->n_ingress,
		.n_source_ranges = (uint16_t)s->n_source_ranges,
		.n_ports = (uint16_t)s->n_ports,
		.type = (uint8_t)s->type,
		.is_headless = s->is_headless,
		.is_foreign = s->is_foreign,
		.internal_local = s->internal_local,
		.external_local = s->external_local,
	};
}

int model_pack_service(
	const struct model_service *s, struct buf *out, struct err *e)
{
	struct packed_service_head h = head_of(s);

	if (check_counts(s, e) < 0)
		return -1;
	buf_put(out, &h, sizeof(h));
	buf_put(out, s->cluster_ips,
		s->n_cluster_ips * sizeof(struct model_ip));
	buf_put(out, s->external_ips,
		s->n_external_ips * sizeof(struct model_ip));
	buf_put(out, s->ingress, s->n_ingress * sizeof(struct model_ingress));
	buf_put(out, s->source_ranges,
		s->n_source_ranges * sizeof(struct model_net));
	for (size_t i = 0; i < s->n_ports; i++)
		if (pack_port(&s->ports[i], out, e) < 0)
			return -1;
	return out->full ? err_kind(e, ERR_LIMIT, "object too large") : 0;
}

/* Slices. */

static bool has_node_hint(const struct model_endpoint *p, struct str node_name)
{
	for (size_t i = 0; i < p->n_hint_nodes; i++)
		if (str_eq(p->hint_nodes[i], node_name))
			return true;
	return false;
}

static uint8_t endpoint_flags(
	const struct model_endpoint *p, struct str node_name)
{
	unsigned f = p->conditions &
		     (MODEL_EP_READY | MODEL_EP_SERVING | MODEL_EP_TERMINATING);

	if (p->node.n && str_eq(p->node, node_name))
		f |= MODEL_EP_LOCAL;
	if (p->n_hint_nodes)
		f |= MODEL_EP_NODE_HINTS;
	if (has_node_hint(p, node_name))
		f |= MODEL_EP_NODE_OURS;
	return (uint8_t)f;
}

static void pack_endpoints(const struct model_slice *s, struct str node_name,
	struct zone_lists *z, struct buf *out)
{
	size_t addr_bytes = MODEL_ADDR_BYTES(s->family);

	for (size_t i = 0; i < s->n_endpoints; i++) {
		const struct model_endpoint *p = &s->endpoints[i];
		uint16_t list = zone_lists_add(z, p);
		uint8_t rest[3] = {endpoint_flags(p, node_name)};

		memcpy(rest + 1, &list, sizeof(list));
		buf_put(out, p->ip.b, addr_bytes);
		buf_put(out, rest, sizeof(rest));
	}
}

static int pack_slice_ports(
	const struct model_slice *s, struct buf *out, struct err *e)
{
	for (size_t i = 0; i < s->n_ports; i++) {
		const struct model_slice_port *p = &s->ports[i];
		struct packed_port_head h = {
			p->port, 0, p->proto, (uint8_t)p->name.n};

		buf_put(out, &h, sizeof(h));
		if (pack_name(p->name, out, e) < 0)
			return -1;
	}
	return 0;
}

/* The head is written again at the end, with the count of zone lists. */
static int pack_slice(const struct model_slice *s, struct str node_name,
	struct zone_lists *z, struct buf *out, struct err *e)
{
	struct packed_slice_head h = {.n_ports = (uint16_t)s->n_ports,
		.n_endpoints = (uint16_t)s->n_endpoints,
		.family = (uint8_t)s->family};
	size_t head_at = out->n;

	buf_put(out, &h, sizeof(h));
	if (pack_slice_ports(s, out, e) < 0)
		return -1;
	pack_endpoints(s, node_name, z, out);
	buf_put(out, z->bytes.p, z->bytes.n);
	if (out->full || z->bytes.full)
		return err_kind(e, ERR_LIMIT, "object too large");
	h.n_zone_lists = (uint16_t)z->n;
	memcpy(out->p + head_at, &h, sizeof(h));
	return 0;
}

int model_pack_slice(const struct model_slice *s, struct str node_name,
	struct buf *out, struct err *e)
{
	struct zone_lists z = zone_lists_make();
	int r = -1;

	if (check_count("ports", s->n_ports, MODEL_PORTS_MAX, e) == 0 &&
		check_count("endpoints", s->n_endpoints, MODEL_ENDPOINTS_MAX,
			e) == 0)
		r = pack_slice(s, node_name, &z, out, e);
	zone_lists_free(&z);
	return r;
}
