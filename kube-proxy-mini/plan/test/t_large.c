/*
 * t_large - a large Service that is planned by what changed becomes in the
 * kernel exactly what it becomes when it is planned from all its slices, and a
 * change costs what its slice holds.
 *
 * Two planners follow one sequence of random events: one from two endpoints
 * on by changes, the other never.  Their operations must be the same.
 */
#include "kube-proxy-mini/model/entries.h"
#include "kube-proxy-mini/model/env.h"
#include "kube-proxy-mini/model/model.h"
#include "kube-proxy-mini/plan/diff.h"
#include "kube-proxy-mini/plan/served.h"
#include "kube-proxy-mini/plan/settle.h"
#include "kube-proxy-mini/test/world.h"
#include "lib/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define MODEL_BYTES ((size_t)256 << 20)

/* One planner with its model, and a sum of its last operations. */
struct side {
	struct model *model;
	struct settle settle;
	uint64_t sum, operations;
};

static struct env env;

static void side_make(struct side *s, uint32_t large_from)
{
	s->model = model_make(MODEL_BYTES);
	assert_non_null(s->model);
	settle_make(&s->settle);
	s->settle.large_from = large_from;
	model_set_node(s->model, str_of(env.node_name));
}

static void side_free(struct side *s)
{
	model_free(s->model);
	settle_free(&s->settle);
}

/* The order of operations is of no interest, so they are summed. */
static void take(void *context, enum nft_op op, const struct elem *el,
	struct str port_name)
{
	struct side *s = context;
	struct {
		struct elem el;
		uint32_t op, name;
	} what = {*el, op, index_hash(port_name.p, port_name.n)};

	s->operations++;
	s->sum += (uint64_t)index_hash(&what, sizeof(what)) * 2654435761u + 1;
}

static void kept(
	void *context, const struct record *was, const struct record *now)
{
	(void)context;
	(void)was;
	(void)now;
}

/* Every address leads to a group that is there, of as many slots as it says. */
static void expect_whole(const struct record *r)
{
	for (uint32_t i = 0; r && i < r->n_elems; i++) {
		const struct elem *el = &r->elems[i];
		const struct record_group *g;

		if ((el->set != RULESET_SERVICES &&
			    el->set != RULESET_OUTSIDE) ||
			!class_has_chain(el->of.class))
			continue;
		g = record_find_group(r, el->family, el->of.group);
		assert_non_null(g);
		assert_int_equal(
			class_slots_for(g->n), class_slots(el->of.class));
		assert_int_equal(
			class_timeout(el->of.class) != 0, g->affinity_s != 0);
	}
}

static void side_plan(struct side *s, const struct env *at)
{
	s->sum = s->operations = 0;
	assert_int_equal(settle_plan(&s->settle, s->model, at, NULL), 0);
	for (struct model_entry *n = s->settle.planned; n; n = n->next_planned)
		expect_whole(n->next);
	for (struct model_entry *n = s->settle.planned; n; n = n->next_planned)
		diff_records(n->applied, n->next, take, s);
}

static void side_keep(struct side *s)
{
	settle_keep(&s->settle, s->model, kept, NULL);
}

static size_t count_crowds(const struct side *s)
{
	struct model_entry *n = NULL;
	size_t at = 0, crowds = 0;

	while ((n = model_each(s->model, &at, n)))
		crowds += n->crowd != NULL;
	return crowds;
}

/* ---- random worlds ---------------------------------------------------------
 */

/* The same events for both; the environment changes with them. */
static void step_both(struct world *w, struct side *a, struct side *b)
{
	static struct world copy;

	copy = *w;
	world_step(w, a->model);
	world_step(&copy, b->model);
	if (memcmp(&copy.env, &env, sizeof(env)) != 0) {
		env = w->env;
		settle_forget(&a->settle, a->model);
		settle_forget(&b->settle, b->model);
	}
}

static size_t count_staged(const struct side *s)
{
	struct model_entry *n = NULL;
	size_t at = 0, staged = 0;

	while ((n = model_each(s->model, &at, n)))
		staged += n->target != NULL;
	return staged;
}

/* Without events, what takes several steps comes to its end. */
static void finish(struct side *s)
{
	for (int i = 0; model_is_dirty(s->model); i++) {
		assert_true(i < 100);
		side_plan(s, &env);
		side_keep(s);
	}
	assert_int_equal(count_staged(s), 0);
}

/* Every flow is judged alike, whether or not its endpoint is known. */
static void compare_flows(struct world *w, struct side *a, struct side *b)
{
	for (uint8_t k = 10; k < 30; k++) {
		uint8_t family = (uint8_t)world_random(w, 2);
		struct model_ip at = world_address(family, WORLD_CLUSTER, k);
		struct model_ip by = world_address(
			family, WORLD_POD, (uint8_t)(1 + world_random(w, 30)));
		struct elem el = {.set = RULESET_SERVICES,
			.family = family,
			.proto = world_random(w, 2) ? MODEL_TCP : MODEL_UDP,
			.port = (uint16_t)(80 + world_random(w, 3))};
		uint16_t port = (uint16_t)(8080 + world_random(w, 2));

		memcpy(el.ip, at.b, sizeof(el.ip));
		assert_int_equal(served_flow(&a->settle, &el, &by, port),
			served_flow(&b->settle, &el, &by, port));
	}
}

static void follow_world(uint64_t seed, size_t *crowds, size_t *staged)
{
	static struct world w;
	struct side by_change, from_all;

	world_make(&w, seed);
	env = w.env;
	side_make(&by_change, 2);
	side_make(&from_all, UINT32_MAX);
	if (seed % 2)
		by_change.settle.stage_operations =
			from_all.settle.stage_operations = 8;
	for (int i = 0; i < 400; i++) {
		for (uint32_t k = world_random(&w, 4); k-- > 0;)
			step_both(&w, &by_change, &from_all);
		side_plan(&by_change, &env);
		side_plan(&from_all, &env);
		*crowds += count_crowds(&by_change);
		*staged += count_staged(&by_change);
		assert_int_equal(
			count_staged(&by_change), count_staged(&from_all));
		if (by_change.sum != from_all.sum)
			fail_msg("seed %llu, step %d: %llu and %llu operations",
				(unsigned long long)seed, i,
				(unsigned long long)by_change.operations,
				(unsigned long long)from_all.operations);
		if (world_random(&w, 20) == 0) { /* the kernel refused it */
			settle_drop(&by_change.settle, by_change.model);
			settle_drop(&from_all.settle, from_all.model);
			settle_forget(&by_change.settle, by_change.model);
			settle_forget(&from_all.settle, from_all.model);
		} else {
			side_keep(&by_change);
			side_keep(&from_all);
			compare_flows(&w, &by_change, &from_all);
		}
	}
	assert_int_equal(count_crowds(&from_all), 0);
	finish(&by_change);
	finish(&from_all);
	side_free(&by_change);
	side_free(&from_all);
}

static void changes_lead_where_a_whole_plan_does(void **state)
{
	size_t crowds = 0, staged = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++)
		follow_world(seed, &crowds, &staged);
	print_message("# %zu times a crowd, %zu steps\n", crowds, staged);
	assert_true(crowds > 1000);
	assert_true(staged > 100);
}

/* ---- a large Service -------------------------------------------------------
 */

#define SLICE_ENDPOINTS 1000u

static void put_service(struct model *m, uint32_t affinity_s)
{
	const struct model_ip ip = {MODEL_V4, {10, 96, 0, 1}};
	const struct model_port port = {STR("http"), MODEL_TCP, 80, 0};
	const struct model_service s = {.ns = STR("ns"),
		.name = STR("large"),
		.cluster_ips = &ip,
		.n_cluster_ips = 1,
		.ports = &port,
		.n_ports = 1,
		.affinity_s = affinity_s};

	assert_int_equal(model_put_service(m, &s, NULL), 0);
}

/* Endpoint i of slice number `which` differs from others of its number. */
static void put_slice(struct model *m, uint32_t which, uint32_t n, uint32_t i,
	uint8_t conditions)
{
	static struct model_endpoint list[SLICE_ENDPOINTS];
	const struct model_slice_port port = {STR("http"), MODEL_TCP, 8080};
	char name[16];
	struct model_slice s = {.ns = STR("ns"),
		.service = STR("large"),
		.ports = &port,
		.n_ports = 1,
		.endpoints = list,
		.n_endpoints = n};

	snprintf(name, sizeof(name), "large-%u", which);
	s.name = str_of(name);
	for (uint32_t k = 0; k < n; k++)
		list[k] = (struct model_endpoint){
			.ip = {MODEL_V4,
				{10, (uint8_t)(128 + which), (uint8_t)(k >> 8),
					(uint8_t)k}},
			.node = k % 500 ? STR("them") : STR("us"),
			.conditions =
				k == i ? conditions
				       : MODEL_EP_READY | MODEL_EP_SERVING};
	assert_int_equal(model_put_slice(m, &s, NULL), 0);
}

static void fill(struct side *s, uint32_t slices)
{
	side_make(s, LARGE_FROM);
	put_service(s->model, 0);
	for (uint32_t i = 0; i < slices; i++)
		put_slice(s->model, i, SLICE_ENDPOINTS, UINT32_MAX, 0);
	side_plan(s, &env);
	side_keep(s);
}

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* CPU time of a plan after one endpoint left or came; best of some. */
static uint64_t time_change(struct side *s, uint32_t slices)
{
	uint64_t best = UINT64_MAX, start, took;

	for (uint32_t i = 0; i < 40; i++) {
		put_slice(s->model, slices - 1, SLICE_ENDPOINTS, 100,
			i & 1 ? MODEL_EP_READY : 0);
		start = cpu_ns();
		side_plan(s, &env);
		side_keep(s);
		took = cpu_ns() - start;
		best = took < best ? took : best;
	}
	return best;
}

static void a_change_costs_its_slice(void **state)
{
	struct side small, large;
	uint64_t of_small, of_large;

	(void)state;
	env = env_default();
	strcpy(env.node_name, "us");
	fill(&small, 2);
	fill(&large, 50);
	of_small = time_change(&small, 2);
	of_large = time_change(&large, 50);
	print_message("# a change: %llu us with 2,000 endpoints, %llu us with "
		      "50,000\n",
		(unsigned long long)(of_small / 1000),
		(unsigned long long)(of_large / 1000));
	/* planned whole, it would cost 25 times as much */
	assert_true(of_large < of_small * 8);
	side_free(&small);
	side_free(&large);
}

static void one_endpoint_is_few_operations(void **state)
{
	struct side s;
	const struct crowd *crowd;

	(void)state;
	env = env_default();
	strcpy(env.node_name, "us");
	fill(&s, 50);
	crowd = model_find(s.model, STR("ns"), STR("large"))->crowd;
	assert_non_null(crowd);
	put_slice(s.model, 7, SLICE_ENDPOINTS, 100, 0);
	side_plan(&s, &env);
	side_keep(&s);
	/* the last slot's endpoint takes the place of the one that left */
	assert_int_equal(s.operations, 3);
	put_slice(s.model, 7, SLICE_ENDPOINTS, UINT32_MAX, 0);
	side_plan(&s, &env);
	side_keep(&s);
	assert_int_equal(s.operations, 1);
	assert_ptr_equal(
		crowd, model_find(s.model, STR("ns"), STR("large"))->crowd);
	side_free(&s);
}

/* No transaction is large, and packets find all endpoints at any time. */
static void affinity_is_switched_in_steps(void **state)
{
	struct side s;
	uint64_t start, longest = 0, operations = 0;

	(void)state;
	env = env_default();
	fill(&s, 50);
	for (int on = 1; on >= 0; on--) {
		put_service(s.model, on ? 10800 : 0);
		do {
			start = cpu_ns();
			side_plan(&s, &env);
			assert_in_range(s.operations, 1, STAGE_OPERATIONS + 8);
			operations += s.operations;
			side_keep(&s);
			start = cpu_ns() - start;
			longest = start > longest ? start : longest;
		} while (model_is_dirty(s.model));
	}
	/* slots and ids come, slots go; and the other way around */
	assert_true(operations >= 2 * 150000);
	print_message("# a step takes at most %llu ms\n",
		(unsigned long long)(longest / 1000000));
	side_free(&s);
}

static void a_service_that_shrinks_has_no_crowd(void **state)
{
	struct side s;
	char name[16];

	(void)state;
	env = env_default();
	fill(&s, 3);
	assert_int_equal(count_crowds(&s), 1);
	for (unsigned int i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "large-%u", i);
		model_delete_slice(s.model, STR("ns"), str_of(name));
	}
	put_slice(s.model, 9, 3, UINT32_MAX, 0);
	side_plan(&s, &env);
	side_keep(&s);
	assert_int_equal(count_crowds(&s), 0);
	side_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_lead_where_a_whole_plan_does),
		cmocka_unit_test(one_endpoint_is_few_operations),
		cmocka_unit_test(a_change_costs_its_slice),
		cmocka_unit_test(affinity_is_switched_in_steps),
		cmocka_unit_test(a_service_that_shrinks_has_no_crowd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
