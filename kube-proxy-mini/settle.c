/*
 * settle - next records for changed Services, with disputes about addresses
 * decided.
 */
#include "kube-proxy-mini/settle.h"

#include "lib/base/log.h"

#include <stdlib.h>
#include <string.h>

#define ARENA_MAX ((size_t)256 << 20) /* for planning one Service */

void settle_make(struct settle *s)
{
	*s = (struct settle){.arena = arena_make(ARENA_MAX)};
	s->planned_end = &s->planned;
	s->numbers.taken = &s->claims;
}

void settle_free(struct settle *s)
{
	claims_free(&s->claims);
	arena_free(&s->arena);
}

/* Addresses. */

static void touch_lost(struct model *m)
{
	size_t at = 0;
	struct model_entry *n = NULL;

	while ((n = model_each(m, &at, n)))
		if (n->has_lost)
			model_touch(m, n);
}

static void set_lost(struct settle *s, struct model_entry *n, bool has_lost)
{
	s->n_lost -= n->has_lost;
	s->n_lost += has_lost;
	n->has_lost = has_lost;
}

static bool is_exclusive(const struct elem *el)
{
	return el->set == RULESET_SERVICES || el->set == RULESET_CLUSTER_IPS;
}

/* Elements that stand or fall with the Service's address. */
static bool has_same_address(const struct elem *a, const struct elem *b)
{
	return a->family == b->family && a->port == b->port &&
	       a->proto == b->proto && b->set != RULESET_HAIRPIN &&
	       memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

/* Take the elements of a lost address out of a record. */
static void drop_address(struct record *r, const struct elem *lost)
{
	struct elem gone = *lost;
	uint32_t n = 0;

	for (uint32_t i = 0; i < r->n_elems; i++)
		if (!has_same_address(&gone, &r->elems[i]))
			r->elems[n++] = r->elems[i];
	r->n_elems = n;
}

static int claim_record(struct settle *s, struct model *m,
	struct model_entry *n, struct record *r, struct err *e)
{
	struct model_entry *loser;
	uint32_t i = 0;

	while (r && i < r->n_elems) {
		if (!is_exclusive(&r->elems[i])) {
			i++;
			continue;
		}
		switch (claims_ask(&s->claims, &r->elems[i], n, &loser)) {
		case CLAIMS_TAKEN:
			model_touch(m, loser);
			i++;
			break;
		case CLAIMS_OURS:
			i++;
			break;
		case CLAIMS_LOST:
			set_lost(s, n, true);
			drop_address(r, &r->elems[i]);
			i = 0;
			break;
		case CLAIMS_FULL:
			return err_kind(e, ERR_LIMIT, "out of memory");
		}
	}
	return 0;
}

/* Give up what `was` had and `now` has not; true when something was. */
static bool release(struct settle *s, const struct model_entry *n,
	const struct record *was, const struct record *now)
{
	uint32_t i = 0, j = 0;
	bool is_released = false;

	while (was && i < was->n_elems) {
		int c = !now || j == now->n_elems
				? -1
				: elem_compare(&was->elems[i], &now->elems[j]);

		if (c < 0 && is_exclusive(&was->elems[i]))
			is_released |=
				claims_give(&s->claims, &was->elems[i], n);
		i += c <= 0;
		j += c >= 0;
	}
	return is_released;
}

/* The same for the numbers of groups with affinity. */
static void release_numbers(struct settle *s, const struct model_entry *n,
	const struct record *was, const struct record *now)
{
	struct elem el;

	for (uint32_t i = 0; was && i < was->n_groups; i++) {
		const struct record_group *g = &was->groups[i];

		if (!g->affinity_s)
			continue;
		el = record_number(RULESET_STICKY, g->family, g->id);
		if (!record_has_group(now, g->family, g->id))
			claims_give(&s->claims, &el, n);
		for (uint32_t k = 0; k < g->n; k++) {
			el = record_number(RULESET_STICKY_ENDPOINTS, g->family,
				g->slots[k].id);
			if (!record_has_id(now, g->family, g->slots[k].id))
				claims_give(&s->claims, &el, n);
		}
	}
}

static void enlist(struct settle *s, struct model_entry *n)
{
	if (n->is_planned)
		return;
	n->is_planned = true;
	n->next_planned = NULL;
	*s->planned_end = n;
	s->planned_end = &n->next_planned;
}

void settle_leave_out(struct settle *s, struct model_entry *n, const char *why)
{
	n->is_left_out = true;
	s->left_out++;
	log_event(LOG_WARN, "Service left out until it changes", "service",
		n->name, "why", why, NULL);
}

static void warn_of_excess(const struct model_entry *n, const struct plan *plan)
{
	char room[32];
	struct buf count = buf_fixed(room, sizeof(room));

	if (!plan->endpoints_over)
		return;
	buf_fmt(&count, "%zu", plan->endpoints_over);
	log_event(LOG_WARN, "endpoints left out: more than a port can have",
		"service", n->name, "endpoints", buf_cstr(&count), NULL);
}

/* 0; -1: no memory, or more than one Service may take. */
static int make_record(struct settle *s, struct model_entry *n,
	const struct env *env, struct record **next, struct err *e)
{
	struct plan plan;

	if (plan_make(n, env, &s->arena, &plan) < 0)
		return err_kind(e, ERR_LIMIT, "no memory for its plan");
	warn_of_excess(n, &plan);
	return record_make(
		&plan, n, n->applied, &s->numbers, &s->arena, next, e);
}

/* The next record of an entry; NULL when it has none. */
static int need_record(struct settle *s, struct model_entry *n,
	const struct env *env, struct record **next, struct err *e)
{
	*next = NULL;
	arena_reset(&s->arena);
	if (n->is_left_out || make_record(s, n, env, next, e) == 0)
		return 0;
	if (!s->arena.is_over)
		return -1;
	*e = (struct err){0};
	settle_leave_out(s, n, "too large to plan");
	return 0;
}

static int plan_entry(struct settle *s, struct model *m, struct model_entry *n,
	const struct env *env, bool *is_released, struct err *e)
{
	const struct record *was = n->is_planned ? n->next : n->applied;
	struct record *next;

	set_lost(s, n, false);
	if (need_record(s, n, env, &next, e) < 0)
		return -1;
	if (claim_record(s, m, n, next, e) < 0) {
		free(next);
		return -1;
	}
	*is_released |= release(s, n, was, next);
	release_numbers(s, n, was, next);
	if (n->is_planned)
		free(n->next);
	n->next = next;
	enlist(s, n);
	return 0;
}

int settle_plan(
	struct settle *s, struct model *m, const struct env *env, struct err *e)
{
	struct model_entry *n;
	bool is_released;

	do {
		is_released = false;
		while ((n = model_take_dirty(m)))
			if (plan_entry(s, m, n, env, &is_released, e) < 0) {
				model_touch(m, n);
				return err_at(e, "Service %s", n->name);
			}
		if (is_released && s->n_lost)
			touch_lost(m);
	} while (model_is_dirty(m));
	return 0;
}

/* Ending, either way. */

static struct model_entry *take_planned(struct settle *s)
{
	struct model_entry *n = s->planned;

	if (!n)
		return NULL;
	s->planned = n->next_planned;
	if (!s->planned)
		s->planned_end = &s->planned;
	n->is_planned = false;
	return n;
}

void settle_keep(
	struct settle *s, struct model *m, settle_kept *kept, void *context)
{
	struct model_entry *n;

	while ((n = take_planned(s))) {
		kept(context, n->applied, n->next);
		free(n->applied);
		n->applied = n->next;
		n->next = NULL;
		model_drop_if_empty(m, n);
	}
}

void settle_drop(struct settle *s, struct model *m)
{
	struct model_entry *n;

	while ((n = take_planned(s))) {
		free(n->next);
		n->next = NULL;
		model_touch(m, n);
	}
}

void settle_forget(struct settle *s, struct model *m)
{
	struct model_entry *n = NULL;
	size_t at = 0;

	while ((n = model_each(m, &at, n))) {
		free(n->applied);
		n->applied = NULL;
		model_touch(m, n);
	}
	claims_free(&s->claims);
	s->numbers.n_timeouts = 0;
}

/* Who answers a flow. */

struct answer {
	const struct model_ip *ip;
	uint16_t port;
	bool is_served, has_others;
};

static void judge_endpoints(const struct model_read_slice *s,
	const struct model_slice_port *port, struct answer *a)
{
	for (size_t i = 0; i < s->n_endpoints; i++) {
		const struct model_read_endpoint *p = &s->endpoints[i];

		if (!(p->flags & (MODEL_EP_SERVING | MODEL_EP_READY)))
			continue;
		a->has_others = true;
		if (port->port == a->port &&
			memcmp(p->addr, a->ip->b,
				MODEL_ADDR_BYTES(s->family)) == 0)
			a->is_served = true;
	}
}

static void judge_port(const struct model_read_slice *slices,
	const struct model_port *port, struct answer *a)
{
	for (const struct model_read_slice *s = slices; s; s = s->next)
		for (size_t i = 0; i < s->n_ports; i++)
			if (s->family == (enum model_family)a->ip->family &&
				s->ports[i].proto == port->proto &&
				str_eq(s->ports[i].name, port->name))
				judge_endpoints(s, &s->ports[i], a);
}

bool settle_is_served(struct settle *s, const struct elem *address,
	const struct model_ip *answers, uint16_t answers_port)
{
	const struct model_entry *n = claims_owner(&s->claims, address);
	struct answer a = {answers, answers_port, false, false};
	const struct model_read_slice *slices;
	struct model_service service;

	arena_reset(&s->arena);
	if (!n || model_read_service(n, &s->arena, &service) <= 0 ||
		model_read_slices(n, (struct str){"", 0}, &s->arena, &slices) <
			0)
		return true;
	for (size_t i = 0; i < service.n_ports; i++) {
		const struct model_port *port = &service.ports[i];

		if (port->proto == address->proto &&
			(port->port == address->port ||
				port->node_port == address->port))
			judge_port(slices, port, &a);
	}
	return a.is_served || !a.has_others;
}
