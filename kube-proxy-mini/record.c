/*
 * record - from a plan to numbered groups, slots and elements.
 */
#include "kube-proxy-mini/record.h"

#include "lib/base/log.h"

#include <stdlib.h>
#include <string.h>

#define NO_SLOT UINT32_MAX

struct draft {
	const struct plan *plan;
	struct model_entry *entry;
	const struct record *was;
	struct record_numbers *numbers;
	struct arena *arena;
	struct record_group *groups; /* in the arena, as are their slots */
	struct elem *elems;
	size_t n_groups, n_elems;
};

/* The index of that timeout; 0 when there is no room for another. */
static uint32_t timeout_index(struct record_numbers *numbers, uint32_t seconds)
{
	for (uint32_t i = 1; i <= numbers->n_timeouts; i++)
		if (numbers->timeouts[i] == seconds)
			return i;
	if (!seconds || numbers->n_timeouts == RULESET_TIMEOUTS_MAX - 1)
		return 0;
	numbers->timeouts[++numbers->n_timeouts] = seconds;
	return numbers->n_timeouts;
}

/* Numbers for affinity. */

struct elem record_number(enum ruleset_set set, uint8_t family, uint32_t number)
{
	struct elem el = {.set = (uint8_t)set, .family = family};

	memcpy(el.ip, &number, sizeof(number));
	return el;
}

bool record_has_id(const struct record *r, uint8_t family, uint32_t id)
{
	for (uint32_t i = 0; r && i < r->n_groups; i++) {
		const struct record_group *g = &r->groups[i];

		for (uint32_t s = 0; g->affinity_s && s < g->n; s++)
			if (g->slots[s].id == id && g->family == family)
				return true;
	}
	return false;
}

bool record_has_group(const struct record *r, uint8_t family, uint32_t group)
{
	for (uint32_t i = 0; r && i < r->n_groups; i++)
		if (r->groups[i].id == group && r->groups[i].family == family)
			return true;
	return false;
}

/* The groups that the draft has so far, as a record. */
static struct record drafted(const struct draft *d)
{
	return (struct record){
		.groups = d->groups,
		.n_groups = (uint32_t)d->n_groups,
	};
}

/* Nobody has it: not this Service, as it was or shall be, nor another. */
static bool is_id_free(struct draft *d, const struct plan_endpoints *v,
	const struct record_group *g, uint32_t id)
{
	struct elem number =
		record_number(RULESET_STICKY_ENDPOINTS, g->family, id);
	struct record now = drafted(d);
	int answer = 0;

	if (id)
		answer = claims_reserve(d->numbers->taken, &number, d->entry);
	if (answer != 2) /* somebody's, or until now nobody's */
		return answer != 0;
	for (size_t i = 0; i < v->n; i++)
		if (v->list[i].id == id)
			return false;
	return !record_has_id(d->was, g->family, id) &&
	       !record_has_id(&now, g->family, id);
}

static uint32_t new_id(struct draft *d, const struct plan_endpoints *v,
	const struct record_group *g, const struct plan_endpoint *p)
{
	struct {
		uint32_t group, port;
		uint8_t ip[16];
	} what = {.group = g->id, .port = p->port};
	uint32_t id;

	memcpy(what.ip, p->ip, sizeof(what.ip));
	id = index_hash(&what, sizeof(what));
	while (!is_id_free(d, v, g, id))
		id++;
	return id;
}

static bool is_group_free(
	struct draft *d, const struct record_group *g, uint32_t id)
{
	struct elem number = record_number(RULESET_STICKY, g->family, id);
	struct record now = drafted(d);

	if (record_has_group(d->was, g->family, id) ||
		record_has_group(&now, g->family, id))
		return false;
	return claims_reserve(d->numbers->taken, &number, d->entry) != 0;
}

static uint32_t new_sticky_group(struct draft *d, const struct record_group *g)
{
	uint32_t what[] = {
		index_hash(d->entry->name, d->entry->node.key_len),
		index_hash(g->port_name.p, g->port_name.n),
		g->proto,
		g->view,
		g->family,
	};
	uint32_t id = index_hash(what, sizeof(what)) | RECORD_STICKY;

	while (!is_group_free(d, g, id))
		id = (id + 1) | RECORD_STICKY;
	return id;
}

/* Slots. */

static int compare_endpoints(const void *x, const void *y)
{
	const struct plan_endpoint *a = x, *b = y;
	int d = memcmp(a->ip, b->ip, sizeof(a->ip));

	return d ? d : (a->port > b->port) - (a->port < b->port);
}

static struct plan_endpoint *find_endpoint(
	const struct plan_endpoints *v, const struct plan_endpoint *p)
{
	return v->n ? bsearch(p, v->list, v->n, sizeof(*v->list),
			      compare_endpoints)
		    : NULL;
}

/* Who remains keeps its id, and its slot when that is below n. */
static void keep_slots(const struct plan_endpoints *v,
	const struct record_group *was, uint32_t *slot_of, bool *is_taken)
{
	for (size_t i = 0; i < v->n; i++)
		slot_of[i] = NO_SLOT;
	for (uint32_t s = 0; was && s < was->n; s++) {
		struct plan_endpoint *p = find_endpoint(v, &was->slots[s]);

		if (!p)
			continue;
		p->id = was->slots[s].id;
		if (s >= v->n)
			continue;
		slot_of[p - v->list] = s;
		is_taken[s] = true;
	}
}

/* All others fill the free slots in order. */
static int place_endpoints(struct draft *d, const struct plan_endpoints *v,
	const struct record_group *was, struct record_group *g)
{
	uint32_t n = (uint32_t)v->n, free_slot = 0;
	uint32_t *slot_of = arena_alloc(d->arena, n * sizeof(*slot_of) + 1);
	bool *is_taken = arena_alloc(d->arena, n + 1);

	g->slots = arena_alloc(d->arena, n * sizeof(*g->slots) + 1);
	if (!slot_of || !is_taken || !g->slots)
		return -1;
	keep_slots(v, was, slot_of, is_taken);
	for (uint32_t i = 0; i < n; i++) {
		if (slot_of[i] == NO_SLOT) {
			while (is_taken[free_slot])
				free_slot++;
			slot_of[i] = free_slot++;
		}
		if (g->affinity_s && !v->list[i].id)
			v->list[i].id = new_id(d, v, g, &v->list[i]);
		g->slots[slot_of[i]] = v->list[i];
	}
	g->n = n;
	return 0;
}

/* Groups. */

static const struct record_group *former(
	const struct draft *d, const struct record_group *g)
{
	for (uint32_t i = 0; d->was && i < d->was->n_groups; i++) {
		const struct record_group *w = &d->was->groups[i];

		if (w->view == g->view && w->family == g->family &&
			w->proto == g->proto &&
			!w->affinity_s == !g->affinity_s &&
			str_eq(w->port_name, g->port_name))
			return w;
	}
	return NULL;
}

static int add_group(
	struct draft *d, const struct plan_port *p, enum plan_view view)
{
	struct record_group *g = &d->groups[d->n_groups];
	const struct record_group *was;
	uint32_t timeout = timeout_index(d->numbers, p->affinity_s);

	if (p->affinity_s && !timeout)
		log_event(LOG_WARN,
			"too many different affinity timeouts: a Service has "
			"no affinity",
			"service", d->entry->name, NULL);
	*g = (struct record_group){.port_name = p->name,
		.proto = p->proto,
		.family = (uint8_t)p->family,
		.view = (uint8_t)view,
		.affinity_s = timeout ? p->affinity_s : 0};
	was = former(d, g);
	if (was)
		g->id = was->id;
	else if (g->affinity_s)
		g->id = new_sticky_group(d, g);
	else
		g->id = ++d->numbers->group % RECORD_STICKY;
	if (place_endpoints(d, &p->views[view], was, g) < 0)
		return -1;
	g->class_inside = ruleset_class(ruleset_slots(g->n), timeout, false);
	d->n_groups++;
	return 0;
}

static const struct record_group *group_of(
	const struct draft *d, const struct plan_port *p, enum plan_view view)
{
	for (size_t i = d->n_groups; i-- > 0;)
		if (d->groups[i].view == view &&
			d->groups[i].family == p->family &&
			d->groups[i].proto == p->proto &&
			str_eq(d->groups[i].port_name, p->name))
			return &d->groups[i];
	return NULL;
}

/* Elements. */

static struct elem *add_elem(
	struct draft *d, enum ruleset_set set, const struct model_ip *ip)
{
	struct elem *el = &d->elems[d->n_elems++];

	*el = (struct elem){.set = (uint8_t)set, .family = ip->family};
	memcpy(el->ip, ip->b, sizeof(el->ip));
	return el;
}

/* Who has an address that several name: see claims.h. */
static uint8_t rank_of(enum plan_kind kind)
{
	return kind == PLAN_CLUSTER_IP ? 2 : kind == PLAN_NODE_PORT ? 1 : 0;
}

static void add_service(struct draft *d, const struct plan_port *p,
	const struct plan_address *at, bool is_outside)
{
	enum plan_target to = is_outside ? at->outside : at->inside;
	struct elem *el = add_elem(
		d, is_outside ? RULESET_OUTSIDE : RULESET_SERVICES, &at->ip);
	const struct record_group *g = NULL;

	el->proto = p->proto;
	el->port = at->port;
	el->bits = rank_of(at->kind);
	el->of.masquerade = at->masquerade;
	if (to == PLAN_TO_CLUSTER || to == PLAN_TO_LOCAL)
		g = group_of(
			d, p, to == PLAN_TO_LOCAL ? PLAN_LOCAL : PLAN_CLUSTER);
	el->of.class = g                    ? g->class_inside
		       : to == PLAN_TO_DROP ? RULESET_CLASS_DROP
					    : RULESET_CLASS_REJECT;
	el->of.group = g ? g->id : 0;
	if (is_outside)
		el->of.class |= RULESET_CLASS_OUTSIDE;
}

static void add_ranges(struct draft *d, const struct plan_port *p,
	const struct plan_address *at)
{
	struct elem *el = add_elem(d, RULESET_RANGES_ON, &at->ip);

	el->proto = p->proto;
	el->port = at->port;
	for (size_t i = 0; i < p->n_ranges; i++) {
		el = add_elem(d, RULESET_RANGES, &at->ip);
		el->proto = p->proto;
		el->port = at->port;
		el->bits = p->ranges[i].bits;
		memcpy(el->client, p->ranges[i].ip.b, sizeof(el->client));
	}
}

static void add_addresses(struct draft *d, const struct plan_port *p)
{
	for (size_t i = 0; i < p->n_addresses; i++) {
		const struct plan_address *at = &p->addresses[i];

		if (at->kind == PLAN_CLUSTER_IP)
			add_elem(d, RULESET_CLUSTER_IPS, &at->ip);
		if (at->kind == PLAN_BALANCER_IP && p->n_ranges)
			add_ranges(d, p, at);
		add_service(d, p, at, false);
		if (at->outside != PLAN_TO_NOTHING)
			add_service(d, p, at, true);
	}
}

static void add_hairpins(struct draft *d, const struct record_group *g)
{
	struct model_ip ip = {.family = g->family};

	for (uint32_t i = 0; i < g->n; i++)
		if (g->slots[i].is_local) {
			memcpy(ip.b, g->slots[i].ip, sizeof(ip.b));
			add_elem(d, RULESET_HAIRPIN, &ip);
		}
}

/* Of equal keys the first one added counts. */
static int compare_elems(const void *x, const void *y)
{
	const struct elem *a = x, *b = y;
	int d = elem_compare(a, b);

	return d ? d : (a->spare > b->spare) - (a->spare < b->spare);
}

static void sort_elems(struct draft *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n_elems; i++)
		d->elems[i].spare = (uint16_t)(i < UINT16_MAX ? i : UINT16_MAX);
	qsort(d->elems, d->n_elems, sizeof(*d->elems), compare_elems);
	for (size_t i = 0; i < d->n_elems; i++)
		if (!n || elem_compare(&d->elems[n - 1], &d->elems[i]) != 0)
			d->elems[n++] = d->elems[i];
	d->n_elems = n;
	for (size_t i = 0; i < n; i++)
		d->elems[i].spare = 0;
}

/* Room. */

static int make_room(struct draft *d)
{
	size_t ports = 0, elems = 0;

	for (struct plan_port *p = d->plan->ports; p; p = p->next) {
		ports++;
		elems += p->n_addresses * (4 + p->n_ranges);
		elems += p->views[PLAN_CLUSTER].n + p->views[PLAN_LOCAL].n;
	}
	d->groups = arena_alloc(
		d->arena, ports * PLAN_VIEWS * sizeof(*d->groups) + 1);
	d->elems = arena_alloc(d->arena, elems * sizeof(*d->elems) + 1);
	return d->groups && d->elems ? 0 : -1;
}

static size_t block_bytes(const struct draft *d)
{
	size_t n = sizeof(struct record) +
		   d->n_groups * sizeof(struct record_group) +
		   d->n_elems * sizeof(struct elem);

	for (size_t i = 0; i < d->n_groups; i++)
		n += d->groups[i].n * sizeof(struct plan_endpoint) +
		     d->groups[i].port_name.n;
	return n;
}

static void *carve(char **at, size_t n)
{
	void *p = *at;

	*at += n;
	return p;
}

/* Copy the draft into one block; pointers lead into the block itself. */
static struct record *settle(const struct draft *d)
{
	size_t bytes = block_bytes(d);
	char *at = malloc(bytes);
	struct record *r;

	if (!at)
		return NULL;
	r = carve(&at, sizeof(*r));
	r->bytes = bytes;
	r->health_port = d->plan->health_port;
	r->local_endpoints = (uint32_t)d->plan->local_endpoints;
	r->endpoints_over = (uint32_t)d->plan->endpoints_over;
	r->lacks_local_external = d->plan->lacks_local_external;
	r->lacks_local_internal = d->plan->lacks_local_internal;
	r->n_groups = (uint32_t)d->n_groups;
	r->n_elems = (uint32_t)d->n_elems;
	r->groups = carve(&at, d->n_groups * sizeof(*r->groups));
	memcpy(r->groups, d->groups, d->n_groups * sizeof(*r->groups));
	r->elems = carve(&at, d->n_elems * sizeof(*r->elems));
	memcpy(r->elems, d->elems, d->n_elems * sizeof(*r->elems));
	for (size_t i = 0; i < d->n_groups; i++) {
		struct record_group *g = &r->groups[i];

		g->slots = carve(&at, g->n * sizeof(*g->slots));
		memcpy(g->slots, d->groups[i].slots, g->n * sizeof(*g->slots));
	}
	for (size_t i = 0; i < d->n_groups; i++) {
		struct str name = d->groups[i].port_name;
		char *copy = carve(&at, name.n);

		if (name.n)
			memcpy(copy, name.p, name.n);
		r->groups[i].port_name.p = copy;
	}
	return r;
}

static int make_groups(struct draft *d)
{
	for (struct plan_port *p = d->plan->ports; p; p = p->next)
		for (int v = 0; v < PLAN_VIEWS; v++)
			if (p->views[v].is_used &&
				add_group(d, p, (enum plan_view)v) < 0)
				return -1;
	return 0;
}

int record_make(const struct plan *plan, struct model_entry *entry,
	const struct record *was, struct record_numbers *numbers,
	struct arena *a, struct record **out, struct err *e)
{
	struct draft d = {.plan = plan,
		.entry = entry,
		.was = was,
		.numbers = numbers,
		.arena = a};

	*out = NULL;
	if (!plan->ports)
		return 0;
	if (make_room(&d) < 0 || make_groups(&d) < 0)
		return err_kind(e, ERR_LIMIT, "too large to plan");
	for (struct plan_port *p = plan->ports; p; p = p->next)
		add_addresses(&d, p);
	for (size_t i = 0; i < d.n_groups; i++)
		add_hairpins(&d, &d.groups[i]);
	sort_elems(&d);
	*out = settle(&d);
	return *out ? 0 : err_kind(e, ERR_LIMIT, "out of memory");
}
