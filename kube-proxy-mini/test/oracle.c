/*
 * oracle - goes through the arrays of a world with plain loops, and knows
 * nothing of groups, slots and classes.
 */
#include "kube-proxy-mini/test/oracle.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_BYTES 65536 /* of one line */

struct spot {
	uint8_t host;
	uint16_t port;
	const struct world_endpoint *p;
};

struct spots {
	struct spot list[WORLD_SLICES * WORLD_ENDPOINTS];
	size_t n;
};

static bool is_ready(const struct spot *s)
{
	return s->p->conditions & MODEL_EP_READY;
}

static bool is_leaving(const struct spot *s)
{
	return (s->p->conditions & MODEL_EP_SERVING) &&
	       (s->p->conditions & MODEL_EP_TERMINATING);
}

static bool is_local(const struct spot *s)
{
	return s->p->node == 1;
}

static bool is_running(const struct spot *s)
{
	return !(s->p->conditions & MODEL_EP_TERMINATING);
}

/* Of two endpoints in one place: should b take the place of a? */
static bool is_better(const struct spot *b, const struct spot *a)
{
	bool a_serves = a->p->conditions & MODEL_EP_SERVING;
	bool b_serves = b->p->conditions & MODEL_EP_SERVING;

	if (is_running(a) != is_running(b))
		return is_running(b);
	if (is_ready(a) != is_ready(b))
		return is_ready(b);
	if (a_serves != b_serves)
		return b_serves;
	return is_local(b) && !is_local(a);
}

/* All endpoints of a port, each place once. */
static void find_spots(const struct world *w, size_t service, uint8_t family,
	size_t port, struct spots *out)
{
	out->n = 0;
	for (size_t i = 0; i < WORLD_SLICES; i++) {
		const struct world_slice *s = &w->slices[i];

		if (!s->exists || s->service != service ||
			s->family != family || !s->has_port[port])
			continue;
		for (size_t k = 0; k < s->n; k++) {
			struct spot one = {
				s->list[k].host, s->target[port], &s->list[k]};
			size_t j = 0;

			while (j < out->n &&
				(out->list[j].host != one.host ||
					out->list[j].port != one.port))
				j++;
			if (j == out->n)
				out->list[out->n++] = one;
			else if (is_better(&one, &out->list[j]))
				out->list[j] = one;
		}
	}
}

enum choice { READY, LEAVING, OUR_NODE, OUR_ZONE };

/* What clients of the cluster view reach. */
static enum choice choose(const struct world *w, const struct spots *s)
{
	bool any = false, node = false, zone = false;
	bool all_nodes = true, all_zones = true;
	uint8_t zone_bit = strcmp(w->env.zone, "za") == 0 ? 1 : 2;

	for (size_t i = 0; i < s->n; i++) {
		const struct world_endpoint *p = s->list[i].p;

		if (!is_ready(&s->list[i]))
			continue;
		any = true;
		node |= (p->nodes & 1) != 0;
		zone |= (p->zones & zone_bit) != 0;
		all_nodes &= p->nodes != 0;
		all_zones &= p->zones != 0;
	}
	if (!any)
		return LEAVING;
	if (all_nodes && node)
		return OUR_NODE;
	return all_zones && zone ? OUR_ZONE : READY;
}

static bool is_chosen(
	const struct world *w, const struct spot *s, enum choice c)
{
	uint8_t zone_bit = strcmp(w->env.zone, "za") == 0 ? 1 : 2;

	switch (c) {
	case READY:
		return is_ready(s);
	case LEAVING:
		return is_leaving(s);
	case OUR_NODE:
		return is_ready(s) && (s->p->nodes & 1);
	case OUR_ZONE:
		return is_ready(s) && (s->p->zones & zone_bit);
	}
	return false;
}

struct view {
	struct spot list[WORLD_SLICES * WORLD_ENDPOINTS];
	size_t n;
};

static void take_view(const struct world *w, const struct spots *s, bool local,
	struct view *out)
{
	enum choice c = choose(w, s);
	bool local_ready = false;

	for (size_t i = 0; i < s->n; i++)
		local_ready |= is_local(&s->list[i]) && is_ready(&s->list[i]);
	if (local)
		c = local_ready ? READY : LEAVING;
	out->n = 0;
	for (size_t i = 0; i < s->n; i++)
		if (is_chosen(w, &s->list[i], c) &&
			(!local || is_local(&s->list[i])))
			out->list[out->n++] = s->list[i];
}

static int compare_spots(const void *x, const void *y)
{
	const struct spot *a = x, *b = y;

	return a->host != b->host ? a->host - b->host : a->port - b->port;
}

static void print_ip(struct model_ip ip, struct buf *b)
{
	for (size_t i = 0; i < MODEL_ADDR_BYTES(ip.family); i++)
		buf_fmt(b, "%02x", ip.b[i]);
}

/* One side of an address: the endpoints, or what happens without. */
static void print_target(const struct world *w, const struct spots *s,
	uint8_t family, uint32_t affinity_s, bool local, struct buf *hairpins,
	struct buf *b)
{
	static struct view v;
	bool has_any = false;

	for (size_t i = 0; i < s->n; i++)
		has_any |= is_ready(&s->list[i]) || is_leaving(&s->list[i]);
	take_view(w, s, local, &v);
	if (!has_any || !v.n) {
		buf_text(b, has_any ? "drop" : "reject");
		return;
	}
	buf_fmt(b, "sticky %u ", affinity_s);
	qsort(v.list, v.n, sizeof(v.list[0]), compare_spots);
	for (size_t i = 0; i < v.n; i++) {
		print_ip(world_address(family, WORLD_POD, v.list[i].host), b);
		buf_fmt(b, "/%u,", v.list[i].port);
		if (!is_local(&v.list[i]))
			continue;
		buf_text(hairpins, "hairpin ");
		print_ip(world_address(family, WORLD_POD, v.list[i].host),
			hairpins);
		buf_byte(hairpins, '\n');
	}
}

/* Does this Service name that address and port with that protocol? */
static bool names(const struct world *w, size_t i, uint8_t family,
	enum world_place place, uint8_t host, uint8_t proto, uint16_t port)
{
	const struct world_service *s = &w->services[i];

	if (!s->exists || s->is_headless || s->is_foreign || s->is_name ||
		!s->has_family[family])
		return false;
	for (size_t k = 0; k < s->n_ports; k++) {
		if (s->ports[k].proto != proto)
			continue;
		if (place == WORLD_NODE && s->ports[k].node_port == port &&
			port)
			return true;
		if (s->ports[k].port != port)
			continue;
		if (place == WORLD_CLUSTER && s->cluster_host == host)
			return true;
		if (place == WORLD_EXTERNAL && s->externals & 1 << host)
			return true;
		if (place == WORLD_BALANCER && !s->is_proxy &&
			s->balancers & 1 << host)
			return true;
	}
	return false;
}

struct at {
	const struct world *w;
	size_t service, port_index;
	uint8_t family;
	enum world_place place;
	uint8_t host;
	uint16_t port;
};

/* In the order of their addresses, like a dump sorted by key. */
static void print_ranges(const struct at *at, struct buf *b)
{
	const struct world_service *s = &at->w->services[at->service];
	struct model_net net = world_range(at->family, s->ranges);
	bool is_first = at->family == MODEL_V4; /* 192.0.2 < 198.51.100 */

	if (at->place != WORLD_BALANCER || !s->ranges)
		return;
	buf_text(b, " from ");
	for (uint8_t k = 0; k < WORLD_POOL + 2; k++) {
		uint8_t host = (uint8_t)(k - 1);

		if (k == (is_first ? 0 : WORLD_POOL + 1)) {
			print_ip(net.ip, b);
			buf_fmt(b, "/%d,", net.bits);
		} else if (k >= 1 && k <= WORLD_POOL && !(s->ranges & 2) &&
			   s->balancers & 1 << host) {
			/* the node is allowed, so its addresses are too */
			print_ip(
				world_address(at->family, WORLD_BALANCER, host),
				b);
			buf_fmt(b, "/%d,", at->family == MODEL_V4 ? 32 : 128);
		}
	}
}

static void print_address(
	const struct at *at, struct buf *hairpins, struct buf *b)
{
	static struct spots spots;
	const struct world_service *s = &at->w->services[at->service];
	uint8_t proto = s->ports[at->port_index].proto;
	static char scrap_room[TEXT_BYTES], text[TEXT_BYTES];
	struct buf scrap = buf_fixed(scrap_room, sizeof(scrap_room));
	struct buf one = buf_fixed(text, sizeof(text));
	bool local_in = at->place == WORLD_CLUSTER && s->internal_local;
	bool local_out = at->place != WORLD_CLUSTER && s->external_local;
	bool lost = false;
	struct buf *to;

	for (size_t i = 0; i < at->service; i++)
		lost |= names(at->w, i, at->family, at->place, at->host, proto,
			at->port);
	to = lost ? &scrap : b;
	find_spots(at->w, at->service, at->family, at->port_index, &spots);
	print_ip(world_address(at->family, at->place, at->host), to);
	buf_fmt(to, " %u %u masquerade %d inside ", proto, at->port,
		at->place == WORLD_CLUSTER ? (at->w->env.masquerade_all ? 1 : 2)
					   : (s->external_local ? 3 : 1));
	print_target(at->w, &spots, at->family, s->affinity_s, local_in,
		hairpins, to);
	if (local_out && spots.n) {
		print_target(at->w, &spots, at->family, s->affinity_s, true,
			hairpins, &one);
		if (!str_is(buf_view(&one), "reject")) {
			buf_text(to, " outside ");
			buf_str(to, buf_view(&one));
		}
	}
	print_ranges(at, to);
	buf_byte(to, '\n');
}

static void print_port(struct at at, struct buf *hairpins, struct buf *b)
{
	const struct world_service *s = &at.w->services[at.service];
	const struct world_port *p = &s->ports[at.port_index];

	at.place = WORLD_CLUSTER;
	at.host = s->cluster_host;
	at.port = p->port;
	print_address(&at, hairpins, b);
	for (uint8_t k = 0; k < WORLD_POOL; k++) {
		at.host = k;
		at.place = WORLD_EXTERNAL;
		if (s->externals & 1 << k)
			print_address(&at, hairpins, b);
		at.place = WORLD_BALANCER;
		if (s->balancers & 1 << k && !s->is_proxy)
			print_address(&at, hairpins, b);
	}
	at.place = WORLD_NODE;
	at.host = 2;
	at.port = p->node_port;
	if (p->node_port)
		print_address(&at, hairpins, b);
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void oracle_sort(struct buf *b)
{
	size_t n = 0, max = 1;
	char **lines, *copy = strdup(buf_cstr(b)), *line, *rest = copy;

	for (size_t i = 0; i < b->n; i++)
		max += b->p[i] == '\n';
	lines = calloc(max, sizeof(*lines));
	if (!copy || !lines)
		abort();
	while ((line = strsep(&rest, "\n")))
		if (*line && n < max)
			lines[n++] = line;
	qsort(lines, n, sizeof(*lines), compare_lines);
	buf_reset(b);
	for (size_t i = 0; i < n; i++)
		if (!i || strcmp(lines[i], lines[i - 1]) != 0)
			buf_fmt(b, "%s\n", lines[i]);
	free(lines);
	free(copy);
}

void oracle_text(const struct world *w, struct buf *out)
{
	struct buf hairpins = buf_growing(1 << 20);

	for (size_t i = 0; i < WORLD_SERVICES; i++) {
		const struct world_service *s = &w->services[i];

		if (!s->exists || s->is_headless || s->is_foreign || s->is_name)
			continue;
		for (uint8_t f = 0; f < MODEL_FAMILIES; f++) {
			if (!s->has_family[f])
				continue;
			buf_text(out, "cluster-ip ");
			print_ip(world_address(
					 f, WORLD_CLUSTER, s->cluster_host),
				out);
			buf_byte(out, '\n');
			for (size_t k = 0; k < s->n_ports; k++)
				print_port((struct at){.w = w,
						   .service = i,
						   .port_index = k,
						   .family = f},
					&hairpins, out);
		}
	}
	buf_str(out, buf_view(&hairpins));
	buf_free(&hairpins);
	oracle_sort(out);
}
