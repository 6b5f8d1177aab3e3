/*
 * model_pack - writes and reads the packed objects of the model.
 *
 * Addresses of a slice take 4 or 16 bytes by its family, and each endpoint
 * two more: its flags and the number of its zone list.  Lists of hinted zones
 * repeat among endpoints, so each distinct one is stored once.
 */
#include "kube-proxy-mini/model_pack.h"

#include <assert.h>
#include <string.h>

#define PACK_ZONE_LISTS_MAX  255 /* distinct ones of a slice; the rest: none */
#define PACK_ZONE_LIST_BYTES (1 + MODEL_HINTS_MAX * (1 + MODEL_NAME_MAX))

struct service_head {
	uint32_t affinity_s;
	uint16_t health_port;
	uint16_t n_cluster_ips, n_external_ips, n_ingress, n_source_ranges;
	uint16_t n_ports;
	uint8_t type, distribution;
	uint8_t is_headless, is_foreign, internal_local, external_local;
	uint8_t publish_not_ready;
	uint8_t spare[5]; /* no padding: blocks are compared as bytes */
};

struct port_head {
	uint16_t port, node_port;
	uint8_t proto, name_len;
};

struct slice_head {
	uint16_t n_ports, n_endpoints;
	uint8_t family, n_zone_lists;
};

static_assert(sizeof(struct service_head) == 28, "service_head has padding");
static_assert(sizeof(struct port_head) == 6, "port_head has padding");
static_assert(sizeof(struct slice_head) == 6, "slice_head has padding");
static_assert(sizeof(struct model_ip) == 17, "model_ip has padding");
static_assert(sizeof(struct model_net) == 18, "model_net has padding");
static_assert(sizeof(struct model_ingress) == 18, "model_ingress padding");

static int check_count(const char *what, size_t n, size_t max, struct err *e)
{
	if (n <= max)
		return 0;
	return err_kind(e, ERR_LIMIT, "%zu %s, at most %zu are supported", n,
		what, max);
}

static int check_service(const struct model_service *s, struct err *e)
{
	if (check_count("ports", s->n_ports, MODEL_PORTS_MAX, e) < 0 ||
		check_count("cluster addresses", s->n_cluster_ips,
			MODEL_ADDRS_MAX, e) < 0 ||
		check_count("external addresses", s->n_external_ips,
			MODEL_ADDRS_MAX, e) < 0 ||
		check_count("load balancer addresses", s->n_ingress,
			MODEL_ADDRS_MAX, e) < 0 ||
		check_count("source ranges", s->n_source_ranges,
			MODEL_ADDRS_MAX, e) < 0)
		return -1;
	return 0;
}

static int pack_name(struct str name, struct buf *out, struct err *e)
{
	if (name.n > MODEL_NAME_MAX)
		return err_kind(e, ERR_INPUT, "a name of %zu bytes", name.n);
	buf_str(out, name);
	return 0;
}

static int pack_port(const struct model_port *p, struct buf *out, struct err *e)
{
	struct port_head h = {
		p->port, p->node_port, p->proto, (uint8_t)p->name.n};

	buf_put(out, &h, sizeof(h));
	return pack_name(p->name, out, e);
}

static struct service_head head_of(const struct model_service *s)
{
	return (struct service_head){
		.affinity_s = s->affinity_s,
		.health_port = s->health_port,
		.n_cluster_ips = (uint16_t)s->n_cluster_ips,
		.n_external_ips = (uint16_t)s->n_external_ips,
		.n_ingress = (uint16_t)s->n_ingress,
		.n_source_ranges = (uint16_t)s->n_source_ranges,
		.n_ports = (uint16_t)s->n_ports,
		.type = (uint8_t)s->type,
		.distribution = (uint8_t)s->distribution,
		.is_headless = s->is_headless,
		.is_foreign = s->is_foreign,
		.internal_local = s->internal_local,
		.external_local = s->external_local,
		.publish_not_ready = s->publish_not_ready,
	};
}

int model_pack_service(
	const struct model_service *s, struct buf *out, struct err *e)
{
	struct service_head h = head_of(s);

	if (check_service(s, e) < 0)
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

struct zone_lists {
	struct buf bytes; /* each list: count, then length and name of each */
	size_t n;
};

static void zone_list_put(struct buf *b, const struct model_endpoint *p)
{
	buf_byte(b, (char)p->n_hint_zones);
	for (size_t i = 0; i < p->n_hint_zones; i++) {
		buf_byte(b, (char)p->hint_zones[i].n);
		buf_str(b, p->hint_zones[i]);
	}
}

static size_t zone_list_len(const uint8_t *p)
{
	size_t n = 1;

	for (size_t i = 0; i < p[0]; i++)
		n += 1u + p[n];
	return n;
}

/* The number of this endpoint's list, from 1; 0 when it has no hints. */
static uint8_t zone_list_of(
	struct zone_lists *z, const struct model_endpoint *p)
{
	char room[PACK_ZONE_LIST_BYTES];
	struct buf one = buf_fixed(room, sizeof(room));
	const uint8_t *at = (const uint8_t *)z->bytes.p;

	if (!p->n_hint_zones || p->n_hint_zones > MODEL_HINTS_MAX)
		return 0;
	zone_list_put(&one, p);
	if (one.full)
		return 0;
	for (size_t i = 0; i < z->n; i++, at += zone_list_len(at))
		if (zone_list_len(at) == one.n && memcmp(at, one.p, one.n) == 0)
			return (uint8_t)(i + 1);
	if (z->n == PACK_ZONE_LISTS_MAX)
		return 0;
	buf_put(&z->bytes, one.p, one.n);
	return z->bytes.full ? 0 : (uint8_t)++z->n;
}

static bool names_us(const struct model_endpoint *p, struct str node_name)
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
	if (names_us(p, node_name))
		f |= MODEL_EP_NODE_OURS;
	return (uint8_t)f;
}

static void pack_endpoints(const struct model_slice *s, struct str node_name,
	struct zone_lists *z, struct buf *out)
{
	size_t addr_bytes = MODEL_ADDR_BYTES(s->family);

	for (size_t i = 0; i < s->n_endpoints; i++) {
		const struct model_endpoint *p = &s->endpoints[i];
		uint8_t two[2] = {
			endpoint_flags(p, node_name), zone_list_of(z, p)};

		buf_put(out, p->ip.b, addr_bytes);
		buf_put(out, two, sizeof(two));
	}
}

static int pack_slice_ports(
	const struct model_slice *s, struct buf *out, struct err *e)
{
	for (size_t i = 0; i < s->n_ports; i++) {
		const struct model_slice_port *p = &s->ports[i];
		struct port_head h = {p->port, 0, p->proto, (uint8_t)p->name.n};

		buf_put(out, &h, sizeof(h));
		if (pack_name(p->name, out, e) < 0)
			return -1;
	}
	return 0;
}

static int pack_slice(const struct model_slice *s, struct str node_name,
	struct zone_lists *z, struct buf *out, struct err *e)
{
	struct slice_head h = {(uint16_t)s->n_ports, (uint16_t)s->n_endpoints,
		(uint8_t)s->family, 0};
	size_t head_at = out->n;

	buf_put(out, &h, sizeof(h));
	if (pack_slice_ports(s, out, e) < 0)
		return -1;
	pack_endpoints(s, node_name, z, out);
	buf_put(out, z->bytes.p, z->bytes.n);
	if (out->full || z->bytes.full)
		return err_kind(e, ERR_LIMIT, "object too large");
	h.n_zone_lists = (uint8_t)z->n;
	memcpy(out->p + head_at, &h, sizeof(h));
	return 0;
}

int model_pack_slice(const struct model_slice *s, struct str node_name,
	struct buf *out, struct err *e)
{
	struct zone_lists z = {
		buf_growing(PACK_ZONE_LISTS_MAX * PACK_ZONE_LIST_BYTES), 0};
	int r = -1;

	if (check_count("ports", s->n_ports, MODEL_PORTS_MAX, e) == 0 &&
		check_count("endpoints", s->n_endpoints, MODEL_ENDPOINTS_MAX,
			e) == 0)
		r = pack_slice(s, node_name, &z, out, e);
	buf_free(&z.bytes);
	return r;
}

/* Reading: the bytes are our own, so counts in them are trusted. */

static const void *next(const uint8_t **p, size_t n)
{
	const void *at = *p;

	*p += n;
	return at;
}

static struct str next_name(const uint8_t **p, size_t n)
{
	return (struct str){next(p, n), n};
}

static int read_ports(
	const uint8_t *p, size_t n, struct arena *a, struct model_service *out)
{
	struct model_port *ports = arena_alloc(a, n * sizeof(*ports) + 1);
	struct port_head h;

	if (!ports)
		return -1;
	for (size_t i = 0; i < n; i++) {
		memcpy(&h, next(&p, sizeof(h)), sizeof(h));
		ports[i] = (struct model_port){next_name(&p, h.name_len),
			h.proto, h.port, h.node_port};
	}
	out->ports = ports;
	out->n_ports = n;
	return 0;
}

static void read_head(const struct service_head *h, struct model_service *out)
{
	out->type = (enum model_type)h->type;
	out->is_headless = h->is_headless;
	out->is_foreign = h->is_foreign;
	out->internal_local = h->internal_local;
	out->external_local = h->external_local;
	out->publish_not_ready = h->publish_not_ready;
	out->distribution = (enum model_distribution)h->distribution;
	out->affinity_s = h->affinity_s;
	out->health_port = h->health_port;
	out->n_cluster_ips = h->n_cluster_ips;
	out->n_external_ips = h->n_external_ips;
	out->n_ingress = h->n_ingress;
	out->n_source_ranges = h->n_source_ranges;
}

int model_read_service(
	const struct model_entry *n, struct arena *a, struct model_service *out)
{
	struct service_head h;
	struct str rest = str_of(n->name);
	const uint8_t *p;

	if (!n->service)
		return 0;
	p = n->service->bytes;
	memcpy(&h, next(&p, sizeof(h)), sizeof(h));
	*out = (struct model_service){0};
	str_cut(&rest, '/', &out->ns);
	out->name = rest;
	read_head(&h, out);
	out->cluster_ips = next(&p, h.n_cluster_ips * sizeof(struct model_ip));
	out->external_ips =
		next(&p, h.n_external_ips * sizeof(struct model_ip));
	out->ingress = next(&p, h.n_ingress * sizeof(struct model_ingress));
	out->source_ranges =
		next(&p, h.n_source_ranges * sizeof(struct model_net));
	return read_ports(p, h.n_ports, a, out) < 0 ? -1 : 1;
}

static bool list_has(const uint8_t *list, struct str zone)
{
	const uint8_t *p = list + 1;

	for (size_t i = 0; i < list[0]; i++) {
		size_t len = *p++;

		if (str_eq(next_name(&p, len), zone))
			return true;
	}
	return false;
}

/* Replace the list numbers behind endpoints by what they mean for zone. */
static uint8_t hint_flags(const uint8_t *lists, uint8_t number, struct str zone)
{
	if (!number)
		return 0;
	while (--number)
		lists += zone_list_len(lists);
	return (uint8_t)(MODEL_EP_ZONE_HINTS |
			 (zone.n && list_has(lists, zone) ? MODEL_EP_ZONE_OURS
							  : 0));
}

static int read_slice_ports(const uint8_t **p, size_t n, struct arena *a,
	struct model_read_slice *out)
{
	struct model_slice_port *ports = arena_alloc(a, n * sizeof(*ports) + 1);
	struct port_head h;

	if (!ports)
		return -1;
	for (size_t i = 0; i < n; i++) {
		memcpy(&h, next(p, sizeof(h)), sizeof(h));
		ports[i] = (struct model_slice_port){
			next_name(p, h.name_len), h.proto, h.port};
	}
	out->ports = ports;
	out->n_ports = n;
	return 0;
}

static int read_endpoints(const uint8_t *p, size_t n, struct str zone,
	struct arena *a, struct model_read_slice *out)
{
	size_t addr_bytes = MODEL_ADDR_BYTES(out->family);
	const uint8_t *lists = p + n * (addr_bytes + 2);
	struct model_read_endpoint *v = arena_alloc(a, n * sizeof(*v) + 1);

	if (!v)
		return -1;
	for (size_t i = 0; i < n; i++) {
		v[i].addr = next(&p, addr_bytes);
		v[i].flags = (uint8_t)(p[0] | hint_flags(lists, p[1], zone));
		p += 2;
	}
	out->endpoints = v;
	out->n_endpoints = n;
	return 0;
}

static struct model_read_slice *read_slice(
	const struct model_packed_slice *s, struct str zone, struct arena *a)
{
	struct model_read_slice *out = arena_alloc(a, sizeof(*out));
	const uint8_t *p = s->bytes;
	struct slice_head h;

	if (!out)
		return NULL;
	memcpy(&h, next(&p, sizeof(h)), sizeof(h));
	out->family = (enum model_family)h.family;
	if (read_slice_ports(&p, h.n_ports, a, out) < 0 ||
		read_endpoints(p, h.n_endpoints, zone, a, out) < 0)
		return NULL;
	return out;
}

int model_read_slices(const struct model_entry *n, struct str zone,
	struct arena *a, const struct model_read_slice **out)
{
	const struct model_read_slice **end = out;
	struct model_read_slice *one;

	*out = NULL;
	for (const struct model_packed_slice *s = n->slices; s; s = s->next) {
		one = read_slice(s, zone, a);
		if (!one)
			return -1;
		*end = one;
		end = &one->next;
	}
	return 0;
}
