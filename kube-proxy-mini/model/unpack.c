/*
 * unpack - reads packed objects in place: one pointer moves over the bytes
 * and takes head and lists in the order of packed.h.  The bytes are our own,
 * so their counts and lengths are trusted.
 */
#include "kube-proxy-mini/model/unpack.h"

#include "kube-proxy-mini/model/packed.h"
#include "kube-proxy-mini/model/zone_lists.h"

#include <stdlib.h>
#include <string.h>

/* The next n bytes. */
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
	struct packed_port_head h;

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

static void read_head(
	const struct packed_service_head *h, struct model_service *out)
{
	out->type = (enum model_type)h->type;
	out->is_headless = h->is_headless;
	out->is_foreign = h->is_foreign;
	out->internal_local = h->internal_local;
	out->external_local = h->external_local;
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
	struct packed_service_head h;
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

static int compare_ports(const void *x, const void *y)
{
	const struct model_slice_port *a = x, *b = y;
	int d = (a->proto > b->proto) - (a->proto < b->proto);

	if (d == 0)
		d = str_cmp(a->name, b->name);
	return d ? d : (a->port > b->port) - (a->port < b->port);
}

static int read_slice_ports(const uint8_t **p, size_t n, struct arena *a,
	struct model_read_slice *out)
{
	struct model_slice_port *ports = arena_alloc(a, n * sizeof(*ports) + 1);
	struct packed_port_head h;

	if (!ports)
		return -1;
	for (size_t i = 0; i < n; i++) {
		memcpy(&h, next(p, sizeof(h)), sizeof(h));
		ports[i] = (struct model_slice_port){
			next_name(p, h.name_len), h.proto, h.port};
	}
	if (n > 1)
		qsort(ports, n, sizeof(*ports), compare_ports);
	out->ports = ports;
	out->n_ports = n;
	return 0;
}

/* The zone lists follow the endpoints. */
static int read_endpoints(const uint8_t *p, const struct packed_slice_head *h,
	struct str zone, struct arena *a, struct model_read_slice *out)
{
	size_t n = h->n_endpoints, addr_bytes = MODEL_ADDR_BYTES(out->family);
	struct model_read_endpoint *v = arena_alloc(a, n * sizeof(*v) + 1);
	uint8_t *by_list = arena_alloc(a, h->n_zone_lists + 1);
	uint16_t list;

	if (!v || !by_list)
		return -1;
	zone_lists_flags(p + n * PACKED_ENDPOINT_BYTES(out->family),
		h->n_zone_lists, zone, by_list);
	for (size_t i = 0; i < n; i++) {
		v[i].addr = next(&p, addr_bytes);
		v[i].flags = *p++;
		memcpy(&list, next(&p, sizeof(list)), sizeof(list));
		v[i].flags |= by_list[list];
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
	struct packed_slice_head h;

	if (!out)
		return NULL;
	memcpy(&h, next(&p, sizeof(h)), sizeof(h));
	out->from = s;
	out->family = (enum model_family)h.family;
	if (read_slice_ports(&p, h.n_ports, a, out) < 0 ||
		read_endpoints(p, &h, zone, a, out) < 0)
		return NULL;
	return out;
}

static bool is_among(const struct model_packed_slice *s, enum model_which which)
{
	if (which == MODEL_SLICES_ON_NODE)
		return s->n_local > 0;
	return which != MODEL_NEW_SLICES || s->is_new;
}

int model_read_some(const struct model_entry *n, enum model_which which,
	struct str zone, struct arena *a, const struct model_read_slice **out)
{
	const struct model_packed_slice *s =
		which == MODEL_GONE_SLICES ? n->gone : n->slices;
	const struct model_read_slice **end = out;
	struct model_read_slice *one;

	*out = NULL;
	for (; s; s = s->next) {
		if (!is_among(s, which))
			continue;
		one = read_slice(s, zone, a);
		if (!one)
			return -1;
		*end = one;
		end = &one->next;
	}
	return 0;
}

int model_read_slices(const struct model_entry *n, struct str zone,
	struct arena *a, const struct model_read_slice **out)
{
	return model_read_some(n, MODEL_ALL_SLICES, zone, a, out);
}
