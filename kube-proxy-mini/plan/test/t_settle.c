/*
 * t_settle - who gets a disputed address, and that one Service, whatever its
 * owner writes into it, costs time in proportion to its size only.
 */
#include "kube-proxy-mini/model/entries.h"
#include "kube-proxy-mini/model/env.h"
#include "kube-proxy-mini/model/model.h"
#include "kube-proxy-mini/plan/settle.h"
#include "kube-proxy-mini/ruleset/classes.h"
#include "lib/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct model *model;
static struct settle settle;
static struct env env;

static int begin(void **state)
{
	(void)state;
	env = env_default();
	model = model_make((size_t)256 << 20);
	settle_make(&settle);
	return 0;
}

static int end(void **state)
{
	(void)state;
	model_free(model);
	settle_free(&settle);
	return 0;
}

static void forget_change(
	void *context, const struct record *was, const struct record *now)
{
	(void)context;
	(void)was;
	(void)now;
}

/* Plan what has changed; how long that took. */
static uint64_t plan(void)
{
	uint64_t start = clock_monotonic_ns();

	assert_int_equal(settle_plan(&settle, model, &env, NULL), 0);
	settle_keep(&settle, model, forget_change, NULL);
	return clock_monotonic_ns() - start;
}

static struct model_ip ip_of(uint8_t a, uint16_t host)
{
	return (struct model_ip){.family = MODEL_V4,
		.b = {a, 0, (uint8_t)(host >> 8), (uint8_t)host}};
}

/* A Service at 10.0.0.HOST with external addresses 20.0.0.0 and following. */
static void put(const char *name, uint16_t host, size_t ports, size_t external)
{
	static struct model_port port[MODEL_PORTS_MAX];
	static char names[MODEL_PORTS_MAX][24];
	static struct model_ip ips[MODEL_ADDRS_MAX];
	const struct model_ip cluster = ip_of(10, host);
	struct model_service s = {.ns = STR("ns"),
		.name = str_of(name),
		.cluster_ips = &cluster,
		.n_cluster_ips = 1,
		.external_ips = ips,
		.n_external_ips = external,
		.ports = port,
		.n_ports = ports};

	for (size_t i = 0; i < external; i++)
		ips[i] = ip_of(20, (uint16_t)i);
	for (size_t i = 0; i < ports; i++) {
		snprintf(names[i], sizeof(names[i]), "p%zu", i);
		port[i] = (struct model_port){
			str_of(names[i]), MODEL_TCP, (uint16_t)(i + 1), 0};
	}
	assert_int_equal(model_put_service(model, &s, NULL), 0);
}

static void put_slice(const char *service, size_t ports)
{
	static struct model_slice_port port[MODEL_PORTS_MAX];
	static char names[MODEL_PORTS_MAX][24];
	struct model_endpoint one = {.ip = ip_of(30, 1),
		.conditions = MODEL_EP_READY | MODEL_EP_SERVING};
	struct model_slice s = {.ns = STR("ns"),
		.name = str_of(service),
		.service = str_of(service),
		.ports = port,
		.n_ports = ports,
		.endpoints = &one,
		.n_endpoints = 1};

	for (size_t i = 0; i < ports; i++) {
		/* in another order than the Service has them */
		snprintf(names[i], sizeof(names[i]), "p%zu", ports - 1 - i);
		port[i] = (struct model_slice_port){
			str_of(names[i]), MODEL_TCP, 8080};
	}
	assert_int_equal(model_put_slice(model, &s, NULL), 0);
}

static const char *owner_of(uint8_t a, uint16_t host, uint16_t port)
{
	struct elem el = {
		.set = RULESET_SERVICES, .proto = MODEL_TCP, .port = port};
	const struct model_entry *owner;

	memcpy(el.ip, ip_of(a, host).b, sizeof(el.ip));
	owner = claims_owner(&settle.claims, &el);
	return owner ? owner->name : "nobody";
}

static void an_address_goes_to_the_best_that_waits(void **state)
{
	(void)state;
	put("d", 4, 1, 1);
	put("b", 2, 1, 1);
	put("c", 3, 1, 1);
	plan();
	assert_string_equal(owner_of(20, 0, 1), "ns/b");
	put("a", 1, 1, 1);
	plan();
	assert_string_equal(owner_of(20, 0, 1), "ns/a");
	model_delete_service(model, STR("ns"), STR("a"));
	plan();
	assert_string_equal(owner_of(20, 0, 1), "ns/b");
	/* the owner and the one that would get it go at once */
	model_delete_service(model, STR("ns"), STR("b"));
	put("c", 3, 1, 0);
	plan();
	assert_string_equal(owner_of(20, 0, 1), "ns/d");
	assert_string_equal(owner_of(10, 3, 1), "ns/c");
	model_delete_service(model, STR("ns"), STR("d"));
	plan();
	assert_string_equal(owner_of(20, 0, 1), "nobody");
	assert_int_equal(settle.waits.n, 0);
}

static void a_lost_address_takes_its_other_elements_along(void **state)
{
	const struct model_entry *n;

	(void)state;
	put("a", 1, 2, 1);
	put("b", 2, 3, 2);
	plan();
	n = model_find(model, STR("ns"), STR("b"));
	/* its ClusterIP with 3 ports, and of 6 external ones the 4 left */
	assert_int_equal(n->applied->n_elems, 1 + 3 + 4);
}

/* Best of three, so that a busy machine does not count. */
static uint64_t fastest(void (*prepare)(void))
{
	uint64_t best = UINT64_MAX, ns;

	for (int i = 0; i < 3; i++) {
		begin(NULL);
		prepare();
		ns = plan();
		best = ns < best ? ns : best;
		end(NULL);
	}
	return best;
}

/* Quadratic, each of these would take hundreds of times as long. */
static void expect_no_dearer(void (*these)(void), void (*than)(void))
{
	uint64_t a = fastest(these), b = fastest(than);

	print_message("# %llu us, compared with %llu us\n",
		(unsigned long long)(a / 1000), (unsigned long long)(b / 1000));
	assert_true(a < b * 10);
}

static void put_forty_thousand_addresses(void)
{
	put("a", 1, 40, 1000);
}

static void put_two_that_dispute(void)
{
	put("a", 1, 40, 1000);
	put("b", 2, 40, 1000);
}

static void forty_thousand_disputed_addresses(void **state)
{
	(void)state;
	expect_no_dearer(put_two_that_dispute, put_forty_thousand_addresses);
}

static void put_one_of_many_ports(void)
{
	put("a", 1, MODEL_PORTS_MAX, 0);
	put_slice("a", MODEL_PORTS_MAX);
}

static void put_many_of_one_port(void)
{
	char name[16];

	for (unsigned int i = 0; i < MODEL_PORTS_MAX; i++) {
		snprintf(name, sizeof(name), "s%u", i);
		put(name, (uint16_t)(i + 1), 1, 0);
		put_slice(name, 1);
	}
}

static void twenty_thousand_ports(void **state)
{
	(void)state;
	expect_no_dearer(put_one_of_many_ports, put_many_of_one_port);
}

/* A change of one Service does not plan those again that lost to others. */
static void those_that_wait_are_left_alone(void **state)
{
	char name[16];

	(void)state;
	for (unsigned int i = 0; i < 2000; i++) {
		snprintf(name, sizeof(name), "s%04u", i);
		put(name, (uint16_t)(i + 1), 1, 1);
	}
	plan();
	put("s0000", 1, 1, 0);
	assert_int_equal(settle_plan(&settle, model, &env, NULL), 0);
	/* the one that gave it up, and the one that has it now */
	assert_string_equal(settle.planned->name, "ns/s0000");
	assert_string_equal(settle.planned->next_planned->name, "ns/s0001");
	assert_null(settle.planned->next_planned->next_planned);
	settle_keep(&settle, model, forget_change, NULL);
}

/* A health check counts the endpoints of all ports, each once. */
static void local_endpoints_are_those_of_all_ports(void **state)
{
	const struct model_ip cluster = ip_of(10, 1), external = ip_of(20, 1);
	const struct model_port ports[] = {
		{STR("a"), MODEL_TCP, 80, 0}, {STR("b"), MODEL_TCP, 81, 0}};
	const struct model_service s = {.ns = STR("ns"),
		.name = STR("web"),
		.external_local = true,
		.health_port = 32000,
		.cluster_ips = &cluster,
		.n_cluster_ips = 1,
		.external_ips = &external,
		.n_external_ips = 1,
		.ports = ports,
		.n_ports = 2};
	struct model_slice_port port = {STR("a"), MODEL_TCP, 8080};
	struct model_endpoint one = {.ip = ip_of(30, 1),
		.node = STR("us"),
		.conditions = MODEL_EP_READY | MODEL_EP_SERVING};
	struct model_slice slice = {.ns = STR("ns"),
		.name = STR("web-1"),
		.service = STR("web"),
		.ports = &port,
		.n_ports = 1,
		.endpoints = &one,
		.n_endpoints = 1};

	(void)state;
	model_set_node(model, STR("us"));
	assert_int_equal(model_put_service(model, &s, NULL), 0);
	assert_int_equal(model_put_slice(model, &slice, NULL), 0);
	slice.name = STR("web-2");
	port.name = STR("b");
	assert_int_equal(model_put_slice(model, &slice, NULL), 0);
	slice.name = STR("web-3");
	one.ip = ip_of(30, 2);
	assert_int_equal(model_put_slice(model, &slice, NULL), 0);
	plan();
	assert_int_equal(model_find(model, STR("ns"), STR("web"))
				 ->applied->families[MODEL_V4]
				 .local_endpoints,
		2);
}

static void timeouts_are_few(void **state)
{
	struct numbers n = {0};
	uint32_t index;

	(void)state;
	numbers_reset_timeouts(&n);
	assert_int_equal(numbers_timeout(&n, 0), 0);
	for (uint32_t s = 1; s <= 1000; s++) {
		index = numbers_timeout(&n, s);
		assert_in_range(index, 1, CLASS_TIMEOUTS_MAX - 1);
		assert_true(n.timeouts[index] >= s);
		if (s <= 8)
			assert_int_equal(n.timeouts[index], s);
	}
	assert_int_equal(n.timeouts[numbers_timeout(&n, 10800)], 10800);
	assert_int_equal(n.timeouts[numbers_timeout(&n, 3601)], 10800);
	assert_int_equal(n.timeouts[numbers_timeout(&n, 86400)], 86400);
}

/* Chains and rules have a bound, whatever Services there are. */
static void classes_have_room(void **state)
{
	size_t slots = 0, last = 0;

	(void)state;
	for (uint32_t n = 1; n < CLASS_SLOTS_MAX; n++) {
		slots += class_slots_for(n) != last;
		last = class_slots_for(n);
	}
	assert_true(slots * CLASS_TIMEOUTS_MAX * 2 <= CLASSES_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			an_address_goes_to_the_best_that_waits, begin, end),
		cmocka_unit_test_setup_teardown(
			a_lost_address_takes_its_other_elements_along, begin,
			end),
		cmocka_unit_test(forty_thousand_disputed_addresses),
		cmocka_unit_test(twenty_thousand_ports),
		cmocka_unit_test_setup_teardown(
			those_that_wait_are_left_alone, begin, end),
		cmocka_unit_test_setup_teardown(
			local_endpoints_are_those_of_all_ports, begin, end),
		cmocka_unit_test(timeouts_are_few),
		cmocka_unit_test(classes_have_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
